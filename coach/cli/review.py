"""`coach review`: review calls and print what was seen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from coach.cli import options
from coach.errors import ModelError

if TYPE_CHECKING:
    from coach.app import Coach, Reviewed
    from coach.cli.inputs import Call, Failure
    from coach.settings import Settings


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
    from coach.cli.inputs import Failure, read_inputs
    from coach.cli.sinks import open_sink
    from coach.cli.terminal import complain, working
    from coach.settings import export_provider_keys, load_settings

    settings = load_settings({"corpus": corpus, "model": model, "mask": False if no_mask else None})
    export_provider_keys()
    calls = read_inputs(files, agent_speaker)
    if fmt == "html":
        calls = iter(read := list(calls))
        several = sum(not isinstance(call, Failure) for call in read) > 1
    else:
        several = False
    done = failed = 0
    with _Coaches(settings, company) as coaches, open_sink(fmt, target, several) as sink:
        for call in calls:
            with working(f"Reviewing ({done + failed} done)"):
                outcome = call if isinstance(call, Failure) else _outcome(coaches, call)
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


def _outcome(coaches: _Coaches, call: Call) -> Reviewed | Failure:
    from coach.cli.inputs import Failure

    try:
        return coaches.of(call).review(call.transcript)
    except ModelError as error:
        return Failure(call.transcript.call_id, call.source, str(error))


class _Coaches:
    """One coach for each company that the calls are for, built when its first call comes."""

    def __init__(self, settings: Settings, company: str | None) -> None:
        self._settings = settings
        self._company = company
        self._built: dict[str | None, Coach] = {}

    def __enter__(self) -> _Coaches:
        return self

    def __exit__(self, *_: object) -> None:
        for coach in self._built.values():
            coach.close()

    def of(self, call: Call) -> Coach:
        """The coach for this call: the company asked for, else the one the call names, else the only one there is."""
        from coach.app import build_coach

        company = self._company or self._named_by(call)
        if company not in self._built:
            self._built[company] = build_coach(self._settings, company=company)
        return self._built[company]

    def _named_by(self, call: Call) -> str | None:
        from coach.retrieval import list_companies

        named = call.transcript.metadata.get("company")
        return named if named in list_companies(self._settings.corpus) else None
