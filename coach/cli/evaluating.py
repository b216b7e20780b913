"""What the `coach eval` commands share: finding the sets, checking them, and making a run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from coach.cli.terminal import complain, counting, output, working
from coach.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from coach.evaluation.records import RunFile
    from coach.evaluation.run import Plan
    from coach.evaluation.sets.cases import SetName
    from coach.evaluation.sets.loading import EvalSets, SetsCheck
    from coach.llm import ChatModel
    from coach.settings import Settings

EXIT_WRONG_SETS = 2
MIN_WIDTH = 120


def require_packages() -> None:
    """Say what to install where the packages for statistics are missing; the coach itself does without them.

    Raises:
        SettingsError: a package is missing.
    """
    from importlib.util import find_spec

    missing = [name for name in ("krippendorff", "scipy", "sklearn") if find_spec(name) is None]
    if missing:
        raise SettingsError(
            "coach eval", f"{', '.join(missing)} not installed", remedy="pip install 'purpose-coach[eval]'"
        )


def evals_folder(given: Path | None) -> Path:
    """The folder asked for, else the one here, else the one of the source checkout."""
    from coach.evaluation.provenance import PACKAGE

    here = Path("evals")
    return given or (here if here.is_dir() else PACKAGE.parent / "evals")


def set_names(names: Sequence[str] | None) -> list[SetName] | None:
    """The names as sets.

    Raises:
        SettingsError: there is no such set.
    """
    from coach.evaluation.sets.loading import SET_NAMES

    for name in names or ():
        if name not in SET_NAMES:
            raise SettingsError(f"--set {name}", "no such set", remedy=f"one of {', '.join(SET_NAMES)}")
    return [name for name in SET_NAMES if name in names] if names else None


def check(folder: Path, settings: Settings, wanted: Sequence[SetName] | None) -> SetsCheck:
    """Read and check the sets of a folder."""
    from coach.evaluation.sets.companies import Companies
    from coach.evaluation.sets.loading import check_sets

    return check_sets(folder / "sets", Companies(folder / "sets" / "companies", settings.corpus), wanted)


def checked_sets(folder: Path, settings: Settings, wanted: Sequence[SetName] | None) -> EvalSets:
    """The sets; wrong ones are complained about, every fault, and end the command."""
    outcome = check(folder, settings, wanted)
    if outcome.sets is None:
        for fault in outcome.errors:
            complain(f"coach: {fault}")
        raise typer.Exit(EXIT_WRONG_SETS)
    return outcome.sets


def open_chat(folder: Path, settings: Settings, model: str | None, record: Path | None) -> ChatModel | None:
    """The model that the judge asks: replayed, recorded or plain; None for the embedded judge."""
    from coach.app import build_chat
    from coach.evaluation.recordings import RECORDED, RecordedChat, RecordingChat

    if model == RECORDED:
        if record:
            raise SettingsError("--record", "a replay has nothing to record", remedy="name a model with --model")
        return RecordedChat.read(folder / "recordings")
    chat = build_chat(settings)
    if record is None:
        return chat
    if chat is None:
        raise SettingsError("--record", "the local judge asks no model", remedy="name one with --model")
    return RecordingChat(chat, record)


def make_run(plan: Plan, sets: EvalSets, settings: Settings, chat: ChatModel | None, out: Path | None) -> RunFile:
    """Make a run, say where it is written and what failed.

    Args:
        plan: what to run.
        sets: the checked sets.
        settings: what is in force; for a replay, with the recorded model as the model.
        chat: the model that the judge asks.
        out: the run file; None for one in COACH_HOME, whose name says what it is made from.
    """
    import asyncio

    from coach.app import build_bench
    from coach.evaluation.run import Run

    with working("Reading companies"):
        bench = build_bench(settings, sets.corpora, chat=chat)
    run = Run(plan, sets, bench)
    slug = "".join(character if character.isalnum() else "-" for character in plan.model)
    path = out or settings.home / "evals" / f"{slug}-{run.key}.json"

    async def make() -> RunFile:
        try:
            with counting("Cases", run.size) as tell:
                return await run.make(path, tell=tell)
        finally:
            if chat is not None:
                await chat.aclose()

    made = asyncio.run(make())
    for line in _reasons(made):
        complain(line)
    complain(f"wrote {path}")
    return made


def failed(run: RunFile) -> bool:
    """Whether the judge failed on any case; a replay without a recording is no failure of the judge."""
    return any(outcome.error and not outcome.missing for outcome in run.outcomes)


def wide_output() -> Console:
    """Standard output, wide enough that no number is cut off, also where it is no terminal."""
    console = output()
    console.width = max(console.width, MIN_WIDTH)
    return console


def _reasons(run: RunFile) -> list[str]:
    from collections import Counter

    reasons = Counter(outcome.error for outcome in run.outcomes if outcome.error)
    return [f"{count} not judged: {reason}" for reason, count in reasons.most_common()]
