"""`coach demo`: review the sample calls of all sample companies, with no key, no network and no setting up."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from coach.app import Reviewed
    from coach.rendering.view import ReviewView
    from coach.settings import Settings

_NAME_WIDTH = 36


@dataclass(frozen=True, slots=True)
class _Told:
    """A reviewed sample call and the file it came from."""

    file: Path
    reviewed: Reviewed
    masked: bool


def demo() -> None:
    """Review the shipped sample calls.

    With the built-in judge: no key, no network. One line a call, then one call in full.
    """
    from rich.text import Text

    from coach.cli.terminal import output
    from coach.rendering.text import print_review
    from coach.retrieval import list_companies
    from coach.settings import load_settings, sample_corpus

    settings = load_settings({"corpus": sample_corpus(), "model": "local", "embeddings": "local"})
    console = output()
    console.print(Text(_legend(), style="dim"))
    console.print()
    told = [one for company in list_companies(settings.corpus) for one in _company(settings, company, console)]
    if not told:
        raise typer.Exit(1)
    best = max(told, key=lambda one: _telling(one.reviewed))  # the first of equals
    console.print(Text("One of them in full", style="bold"))
    console.print()
    print_review(_view(best), console)
    console.print()
    _go_on(best, console)


def _company(settings: Settings, company: str, console: Console) -> list[_Told]:
    from rich.text import Text

    from coach.app import build_coach
    from coach.cli.inputs import Failure, read_inputs
    from coach.cli.terminal import complain, working
    from coach.rendering.hanging import Hanging
    from coach.rendering.safe import one_line
    from coach.rendering.wording import first_sentence

    told: list[_Told] = []
    with working(f"Reading {company}; the first time takes some seconds"):
        coach = build_coach(settings, company=company)
    with coach:
        console.print(Text(coach.corpus.purpose.name, style="bold"))
        console.print(Hanging(Text(first_sentence(one_line(coach.corpus.purpose.statement)), style="italic")))
        console.print()
        for call in read_inputs([str(settings.corpus / company / "calls")], agent_speaker=None):
            if isinstance(call, Failure):
                complain(f"coach: {call.source}: {call.error}")
                continue
            with working(call.source):
                one = _Told(Path(call.source), coach.review(call.transcript), settings.mask)
            told.append(one)
            console.print(_line(one), no_wrap=True, overflow="ellipsis")
        console.print()
    return told


def _line(one: _Told) -> Text:
    from rich.text import Text

    from coach.rendering.text import score_text

    view = _view(one)
    counts = " ".join(f"{count.label.symbol}{count.number}" for count in view.counts if count.number)
    result = Text("routine: nothing to judge") if view.routine else score_text(view)
    return Text.assemble(f"  {_short(one.file.stem):<{_NAME_WIDTH}}  {counts:<11}  ", result)


def _short(name: str) -> str:
    """The name, its last words left out where it is too long."""
    if len(name) <= _NAME_WIDTH:
        return name
    return name[: _NAME_WIDTH - 1].rpartition("-")[0] + "…"


def _view(one: _Told) -> ReviewView:
    from coach.rendering.view import review_view

    reviewed = one.reviewed
    return review_view(reviewed.review, reviewed.transcript, reviewed.corpus, masked=one.masked)


def _legend() -> str:
    from coach.rendering.wording import purpose_label

    return "  ".join(str(purpose_label(verdict)) for verdict in ("honored", "missed", "mixed", "no_opportunity", None))


def _telling(reviewed: Reviewed) -> tuple[bool, float]:
    """How well a call shows what a review is: two to four moments, and one that was surely honored."""
    moments = reviewed.review.moments
    honored = (moment.confidence for moment in moments if moment.verdict == "honored")
    return 2 <= len(moments) <= 4, max(honored, default=0.0)


def _go_on(best: _Told, console: Console) -> None:
    from rich.text import Text

    company = best.reviewed.corpus.purpose.id
    file = best.file.relative_to(Path.cwd()) if best.file.is_relative_to(Path.cwd()) else best.file
    root = file.parent.parent.parent
    coach = _command()
    console.print(Text("Go on", style="bold"))
    for what, command in (
        ("This call as a page", f"{coach} review {file} --company {company} --format html -o review.html"),
        ("A call of your own", f"{coach} review my-call.txt --company {company}"),
        ("What verdicts rest on", f"{coach} corpus show {company}"),
        (
            "Your own purpose, in a copy that you change",
            f"mkdir my-corpus && cp -r {root / company} my-corpus/",
        ),
        ("and judge by it", f"{coach} review my-call.txt --corpus my-corpus"),
    ):
        console.print(Text(f"  {what}"))
        console.print(Text(f"    {command}", style="bold"), soft_wrap=True)


def _command() -> str:
    """How to call this program from here: by its name, or by its path where the shell would not find it."""
    called = Path(sys.argv[0])
    return "coach" if called.stem != "coach" or shutil.which("coach") else str(called)
