"""`coach review`: review calls and print what was seen."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from coach.cli import options


def review(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Transcripts in any known format, folders of them, or - for stdin."),
    ],
    company: options.Company = None,
    corpus: options.CorpusRoot = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", metavar="M", help="local, provider:model or cascade:provider:model. [env: COACH_MODEL]"
        ),
    ] = None,
    fmt: Annotated[Literal["text", "json", "md", "html"], typer.Option("--format", help="How to print.")] = "text",
    no_mask: Annotated[
        bool, typer.Option("--no-mask", help="Leave personal data as it is. [env: COACH_MASK=false]")
    ] = False,
    agent_speaker: Annotated[
        str | None,
        typer.Option("--agent-speaker", metavar="S", help="The agent's label in the source, where it is not certain."),
    ] = None,
    target: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="PATH", help="Write to this file, or HTML pages to this folder."),
    ] = None,
) -> None:
    """Review calls and print what was seen.

    For each call: the moments that honored or missed the purpose, the agent's own words, and one thing to try.

    Exit code 0: all done; 1: some input failed, the rest is done; 2: usage or configuration.
    """
    from coach.cli.inputs import Failure, is_input, read_inputs
    from coach.cli.reviewing import Coaches
    from coach.cli.sinks import open_sink
    from coach.cli.terminal import complain, errors, working
    from coach.errors import SettingsError
    from coach.settings import export_provider_keys, load_settings

    settings = load_settings({"corpus": corpus, "model": model, "mask": False if no_mask else None})
    export_provider_keys()
    if target is not None and is_input(target, files):
        raise SettingsError(str(target), "is one of the transcripts to read", remedy="name another file with -o")
    calls = read_inputs(files, agent_speaker)
    if fmt == "html":
        calls = iter(read := list(calls))
        several = sum(not isinstance(call, Failure) for call in read) > 1
    else:
        several = False
    done = failed = 0
    watched = errors()
    with Coaches(settings, company, watched) as coaches, open_sink(fmt, target, several, settings.mask) as sink:
        outcomes = coaches.outcomes(calls)
        while True:
            with working(f"Reviewing ({done + failed} done)", watched):
                outcome = next(outcomes, None)
            if outcome is None:
                break
            if isinstance(outcome, Failure):
                failed += 1
                sink.failed(outcome)
                complain(f"coach: {outcome.source}: {outcome.error}")
            else:
                done += 1
                sink.reviewed(outcome)
    if done + failed > 1:
        complain(f"{done} reviewed, {failed} failed")
    if failed:
        raise typer.Exit(1)
