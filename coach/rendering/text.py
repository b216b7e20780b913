"""A review for reading in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console, Group, RenderableType
from rich.rule import Rule
from rich.text import Text

from coach.rendering.hanging import Hanging
from coach.rendering.view import ExemplarView, MomentView, ReviewView, counts_words, withheld_words
from coach.rendering.wording import Label, Tone

MAX_WIDTH = 100
"""Lines longer than this many columns are hard to read, however wide the terminal is."""

_STYLE: dict[Tone, str] = {
    "good": "bold green", "bad": "bold red", "mixed": "bold yellow", "quiet": "bold", "faint": "dim"
}  # fmt: skip
_MARGIN = 13
_INDENT = Text("  ")


def print_review(view: ReviewView, console: Console) -> None:
    """Print one review; the console decides on colour and width."""
    console.print(review_text(view), width=min(console.width, MAX_WIDTH))


def review_text(view: ReviewView) -> RenderableType:
    """One review as something rich can print at any width."""
    return Group(*_header(view), *(part for moment in view.moments for part in _moment(moment)), *_footer(view))


def label_text(label: Label) -> Text:
    """A verdict with its symbol, in its colour."""
    return Text(str(label), style=_STYLE[label.tone])


def score_text(view: ReviewView) -> Text:
    """The score with what it rests on, such as `75 of 100 from 2 moments`."""
    return Text.assemble((view.score, "bold"), f" {view.basis}" if view.basis else "")


def _header(view: ReviewView) -> Iterator[RenderableType]:
    yield Rule(Text(f"{view.call_id} · {view.company}", style="bold"), align="left", style="dim", characters="─")
    yield Hanging(score_text(view))
    yield Hanging(Text(counts_words(view)))
    if withheld := withheld_words(view):
        yield Hanging(Text(withheld, style="dim"))
    for note in view.notes:
        yield _note(note)
    yield Text()
    for paragraph in view.lead:
        yield Hanging(Text(paragraph))
    if view.celebrate:
        yield _field("Celebrate", view.celebrate, "bold green")
    if view.try_next:
        yield _field("Try next", view.try_next, "bold cyan")
    yield Text()


def _moment(moment: MomentView) -> Iterator[RenderableType]:
    heading = " · ".join(part for part in (f"Moment {moment.number}", moment.turns, moment.time) if part)
    yield Rule(Text(heading, style="bold"), align="left", style="dim", characters="╌")
    verdicts = (label_text(moment.purpose), label_text(moment.script), Text(moment.confidence, style="dim"))
    yield Hanging(Text("   ").join(words for words in verdicts if words), _INDENT)
    if moment.principles:
        yield Hanging(Text(" · ".join(moment.principles), style="italic"), _INDENT)
    for note in moment.notes:
        yield _note(note, indent=2)
    yield Text()
    for quote in moment.quotes:
        where = ", ".join(part for part in (quote.speaker, f"turn {quote.turn}", quote.time) if part)
        yield _field("Said", Text.assemble(f"“{quote.text}”", (f"  [{where}]", "dim")))
    if moment.observation:
        yield _field("Seen", moment.observation)
    if moment.better_move:
        yield _field("Try", moment.better_move)
    if moment.question:
        yield _field("Reflect", moment.question)
    for clause in moment.clauses:
        yield _field("Purpose", Text.assemble(clause.text, (f"  [{clause.id}]", "dim")))
    for exemplar in moment.exemplars:
        yield _field("Similar", _exemplar(exemplar))
    yield Text()


def _exemplar(exemplar: ExemplarView) -> Text:
    return Text.assemble(label_text(exemplar.label), f": {exemplar.title} ", (f"({exemplar.similarity:.2f})", "dim"))


def _footer(view: ReviewView) -> Iterator[RenderableType]:
    if view.moments and view.routine_turns:
        yield _list("Routine, nothing to judge", view.routine_turns)
    if view.kpis:
        yield _list("KPIs, for context only", (f"{kpi.name} {kpi.value}" for kpi in view.kpis))
    yield Hanging(Text(view.masking, style="dim"))
    yield Text(" · ".join(value for name, value in view.provenance if name in ("Model", "Cost", "Time")), style="dim")


def _list(title: str, items: Iterable[str]) -> RenderableType:
    return Hanging(Text(f"{title}: {', '.join(items)}", style="dim"))


def _note(note: str, indent: int = 0) -> RenderableType:
    return Hanging(Text(note), Text(" " * indent + "! ", style="bold yellow"))


def _field(name: str, value: str | Text, style: str = "bold") -> RenderableType:
    """A name in the margin and a value that wraps beside it."""
    return Hanging(Text(value) if isinstance(value, str) else value, Text(f"  {name}".ljust(_MARGIN), style=style))
