"""Pieces of the agent's turns that may be quoted."""

from __future__ import annotations

from collections.abc import Iterator

from coach.domain.moment import Moment
from coach.domain.transcript import Turn
from coach.judging.gate import too_short
from coach.judging.judge import Quote
from coach.judging.sentences import sentence_spans


def quotable(moment: Moment) -> Iterator[Quote]:
    """Pieces of the agent's turns that the gate takes, in order."""
    for turn in moment.answer:
        yield from quotable_in(turn)


def quotable_in(turn: Turn) -> Iterator[Quote]:
    """Pieces of one turn that the gate takes, in order."""
    for start, end in sentence_spans(turn.text):
        if not too_short(turn.text, start, end):
            yield Quote(turn=turn.index, text=turn.text[start:end])
