"""`coach worker`: one of any number of processes that judge queued batches."""

from __future__ import annotations


def worker() -> None:
    """Judge queued calls until stopped; start and stop as many as you like, on any machine.

    All workers need the same COACH_DATABASE_URL, corpus and version. Ctrl-C or SIGTERM finishes the calls under way.
    """
    from coach.cli import batching
    from coach.settings import export_provider_keys, load_settings

    export_provider_keys()
    batching.work(load_settings())
