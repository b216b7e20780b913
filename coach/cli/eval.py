"""`coach eval`: how well a judge agrees with people, and a gate against getting worse unseen."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from coach.cli import options

if TYPE_CHECKING:
    from coach.evaluation.records import RunFile
    from coach.evaluation.run import Plan
    from coach.evaluation.sets.cases import SetName
    from coach.evaluation.sets.loading import EvalSets
    from coach.llm import ChatModel
    from coach.settings import Settings

RECORDED = "recorded"
WIDTH = 160
"""Of tables of scores, also where the output is no terminal: a number that is cut off says nothing."""

app = typer.Typer(help="Measure a judge on the eval sets.", no_args_is_help=True, rich_markup_mode=None)

Evals = Annotated[
    Path | None,
    typer.Option("--evals", metavar="DIR", help="Folder with sets/, gates.toml, baselines/ and recordings/."),
]
Sets = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME", help="A set to run, any number of times; all of them if left out."),
]


@app.command("run")
def run(
    names: Sets = None,
    split: Annotated[Literal["train", "test", "all"], typer.Option("--split", help="Which cases to run.")] = "all",
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="M", help="The judge: as for coach review, or recorded. [env: COACH_MODEL]"),
    ] = None,
    repeats: Annotated[int, typer.Option("--repeats", metavar="N", min=1, help="Ask every case N times.")] = 1,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=1, help="At most the first N cases of each set.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="The run file; in COACH_HOME if left out.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option("--record", metavar="FILE", help="Keep the model's answers, to be replayed later.")
    ] = None,
    evals: Evals = None,
    corpus: options.CorpusRoot = None,
) -> None:
    """Ask a judge about every case, score its answers and write a run file.

    A run that was cut off goes on where it was when it is started again in the same way. A case that the model fails
    on counts as not judged, and the run goes on.

    Exit code 0: done; 1: some case failed, the rest is done; 2: usage, configuration or a wrong eval set.
    """
    from coach.cli.terminal import complain, output
    from coach.evaluation.run import Plan
    from coach.settings import export_provider_keys, load_settings

    folder = _folder(evals)
    chat, spec = _replay(folder, model) if model == RECORDED else (None, model)
    settings = load_settings({"corpus": corpus, "model": spec})
    export_provider_keys()
    sets, chosen = _checked(folder, settings, names)
    plan = Plan(model or settings.model, chosen, split, limit, repeats, settings.mask)
    made, path = _make(plan, sets, settings, chat, out, record)
    from coach.evaluation.tables import score_table

    console = output()
    for name in chosen:
        console.print(score_table(name, made.scores[name]), width=WIDTH)
    complain(f"wrote {path}")
    for line in _failures(made):
        complain(line)
    if any(outcome.error and not outcome.missing for outcome in made.outcomes):
        raise typer.Exit(1)


def _folder(evals: Path | None) -> Path:
    """The folder asked for, the one here, or the one of the source checkout."""
    from coach.evaluation.provenance import PACKAGE

    here = Path("evals")
    return evals or (here if here.is_dir() else PACKAGE.parent / "evals")


def _replay(folder: Path, model: str | None) -> tuple[ChatModel | None, str | None]:
    from coach.evaluation.recordings import RecordedChat

    chat = RecordedChat.read(folder / "recordings")
    return chat, chat.id


def _checked(folder: Path, settings: Settings, names: list[str] | None) -> tuple[EvalSets, tuple[SetName, ...]]:
    from coach.cli.terminal import complain
    from coach.errors import SettingsError
    from coach.evaluation.sets.companies import Companies
    from coach.evaluation.sets.loading import SET_NAMES, check_sets

    for name in names or ():
        if name not in SET_NAMES:
            raise SettingsError(f"--set {name}", "no such set", remedy=f"one of {', '.join(SET_NAMES)}")
    wanted = [name for name in SET_NAMES if name in names] if names else None
    check = check_sets(folder / "sets", Companies(folder / "sets" / "companies", settings.corpus), wanted)
    if check.sets is None:
        for fault in check.errors:
            complain(f"coach: {fault}")
        raise typer.Exit(2)
    return check.sets, tuple(wanted or [name for name in SET_NAMES if name in check.sets.hashes])


def _make(
    plan: Plan,
    sets: EvalSets,
    settings: Settings,
    chat: ChatModel | None,
    out: Path | None,
    record: Path | None,
) -> tuple[RunFile, Path]:
    import asyncio

    from coach.app import build_bench, build_chat
    from coach.cli.terminal import counting, working
    from coach.errors import SettingsError
    from coach.evaluation.recordings import RecordingChat
    from coach.evaluation.run import Run

    chat = chat or build_chat(settings)
    if record:
        if chat is None:
            raise SettingsError("--record", f"{plan.model} asks no model", remedy="name one with --model")
        chat = RecordingChat(chat, record)
    with working("Reading companies"):
        bench = build_bench(settings, sets.corpora, chat=chat)
    run = Run(plan, sets, bench)
    slug = "".join(c if c.isalnum() else "-" for c in plan.model)
    path = out or settings.home / "evals" / f"{slug}-{run.key}.json"

    async def make() -> RunFile:
        try:
            with counting("Cases", run.size) as tell:
                return await run.make(path, tell=tell)
        finally:
            if chat is not None:
                await chat.aclose()

    return asyncio.run(make()), path


def _failures(run: RunFile) -> list[str]:
    """One line for each reason why cases were not judged."""
    from collections import Counter

    reasons = Counter(outcome.error for outcome in run.outcomes if outcome.error)
    return [f"{count} not judged: {reason}" for reason, count in reasons.most_common()]
