"""A review as Markdown, for a ticket, a wiki or a message."""

from __future__ import annotations

import re
from collections.abc import Iterator

from coach.rendering.view import ExemplarView, MomentView, ReviewView, counts_words, withheld_words
from coach.rendering.wording import KPI_NOTE

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!$])")
_LIST_MARK = re.compile(r"^(\d*)([-+=.)])")
_LINK = re.compile(r"(?i)(?<=\bwww)(?=\.)|(?=://)")


def review_markdown(view: ReviewView) -> str:
    """One review as a Markdown document that ends with a newline; nothing in it is read as markup or as a link."""
    return "\n".join(_lines(view)).rstrip() + "\n"


def escaped(text: str) -> str:
    """The text on one line, so that Markdown and HTML in it are shown and not obeyed."""
    line = _SPECIAL.sub(r"\\\1", " ".join(text.split()).replace("&", "&amp;"))
    line = _LIST_MARK.sub(r"\1\\\2", line)
    return _LINK.sub(r"\\", line)  # some viewers turn bare addresses into links


def _lines(view: ReviewView) -> Iterator[str]:
    yield f"# Review of call {escaped(view.call_id)} · {escaped(view.company)}"
    yield ""
    yield f"**{view.score}**{f' {view.basis}' if view.basis else ''}  "
    yield counts_words(view)
    yield ""
    for note in (withheld_words(view), *view.notes):
        if note:
            yield from (f"> {escaped(note)}", "")
    for paragraph in view.lead:
        yield from (escaped(paragraph), "")
    if view.celebrate:
        yield from (f"**Celebrate:** {escaped(view.celebrate)}", "")
    if view.try_next:
        yield from (f"**Try next:** {escaped(view.try_next)}", "")
    for moment in view.moments:
        yield from _moment(moment)
    if view.moments and view.routine_turns:
        yield from (f"Routine, nothing to judge: {', '.join(view.routine_turns)}.", "")
    if view.kpis:
        yield from (f"## KPIs\n\n{KPI_NOTE}\n", *(f"- {escaped(kpi.name)}: {escaped(kpi.value)}" for kpi in view.kpis))
        yield ""
    yield "---"
    yield ""
    yield from (escaped(view.masking), "")
    yield " · ".join(f"{name}: {escaped(value)}" for name, value in view.provenance)


def _moment(moment: MomentView) -> Iterator[str]:
    yield f"## Moment {moment.number} · {moment.turns}{f' · {moment.time}' if moment.time else ''}"
    yield ""
    yield " · ".join(part for part in (f"**{moment.purpose}**", str(moment.script), moment.confidence) if part)
    yield ""
    for note in moment.notes:
        yield from (f"> {escaped(note)}", "")
    for quote in moment.quotes:
        where = ", ".join(part for part in (quote.speaker, f"turn {quote.turn}", quote.time) if part)
        yield from (f"> “{escaped(quote.text)}” ({where})", "")
    feedback = (("Seen", moment.observation), ("Try", moment.better_move), ("Ask yourself", moment.question))
    for name, text in feedback:
        if text:
            yield from (f"**{name}:** {escaped(text)}", "")
    for clause in moment.clauses:
        yield f"- Purpose, {escaped(clause.principle)}: {escaped(clause.text)} (`{clause.id}`)"
    for exemplar in moment.exemplars:
        yield _exemplar(exemplar)
    yield ""


def _exemplar(exemplar: ExemplarView) -> str:
    return f"- Similar, {exemplar.label}: {escaped(exemplar.title)} (similarity {exemplar.similarity:.2f})"
