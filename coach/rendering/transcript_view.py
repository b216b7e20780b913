"""The transcript cut into stretches with and without judged moments, each turn cut where a quote begins and ends."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from coach.domain.review import MomentReview
from coach.domain.transcript import Speaker, Transcript, Turn
from coach.rendering.safe import clean
from coach.rendering.wording import clock, turns_words

_WHO: dict[Speaker, str] = {"agent": "Agent", "customer": "Customer", "system": "System", "unknown": "Unknown"}


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of a turn's text that is quoted as evidence as a whole, or not at all."""

    text: str
    quoted: bool


@dataclass(frozen=True, slots=True)
class TurnView:
    """One turn; `segments` joined are its text, cleaned of control characters."""

    index: int
    speaker: str
    role: Speaker
    time: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive turns; `moments` holds the positions (from 0) of the judged moments in them, if any."""

    label: str
    turns: tuple[TurnView, ...]
    moments: tuple[int, ...]


def who(speaker: Speaker) -> str:
    """The speaker as a word."""
    return _WHO[speaker]


def stretches(transcript: Transcript, moments: Sequence[MomentReview]) -> tuple[Stretch, ...]:
    """Cut the transcript; moments that share a turn share a stretch. Every turn is in exactly one stretch."""
    groups = _groups(moments)
    cut: list[tuple[tuple[int, ...], list[Turn]]] = []
    for turn in transcript.turns:
        owners = next((owners for first, last, owners in groups if first <= turn.index <= last), ())
        if not cut or cut[-1][0] != owners:
            cut.append((owners, []))
        cut[-1][1].append(turn)
    spans = _spans(moments)
    return tuple(
        Stretch(
            label=turns_words(turns[0].index, turns[-1].index),
            turns=tuple(_turn(turn, spans.get(turn.index, ())) for turn in turns),
            moments=owners,
        )
        for owners, turns in cut
    )


def segments(text: str, spans: Iterable[tuple[int, int]]) -> tuple[Segment, ...]:
    """Cut a text where quotes begin and end; overlapping quotes become one, offsets outside the text are clipped."""
    cut: list[Segment] = []
    at = 0
    for start, end in sorted(spans):
        start, end = min(max(start, at), len(text)), min(end, len(text))
        if end <= start:
            continue
        if start > at:
            cut.append(Segment(clean(text[at:start]), quoted=False))
        if cut and cut[-1].quoted:
            cut[-1] = Segment(cut[-1].text + clean(text[start:end]), quoted=True)
        else:
            cut.append(Segment(clean(text[start:end]), quoted=True))
        at = end
    if at < len(text):
        cut.append(Segment(clean(text[at:]), quoted=False))
    return tuple(cut)


def _groups(moments: Sequence[MomentReview]) -> list[tuple[int, int, tuple[int, ...]]]:
    groups: list[tuple[int, int, tuple[int, ...]]] = []
    for position, moment in sorted(enumerate(moments), key=lambda pair: pair[1].turns):
        first, last = moment.turns
        if groups and first <= groups[-1][1]:
            before_first, before_last, owners = groups[-1]
            groups[-1] = (before_first, max(before_last, last), (*owners, position))
        else:
            groups.append((first, last, (position,)))
    return groups


def _spans(moments: Sequence[MomentReview]) -> dict[int, list[tuple[int, int]]]:
    spans: dict[int, list[tuple[int, int]]] = {}
    for moment in moments:
        for evidence in moment.evidence:
            spans.setdefault(evidence.turn, []).append((evidence.start, evidence.end))
    return spans


def _turn(turn: Turn, spans: Iterable[tuple[int, int]]) -> TurnView:
    return TurnView(
        index=turn.index,
        speaker=who(turn.speaker),
        role=turn.speaker,
        time=clock(turn.start_ms),
        segments=segments(turn.text, spans),
    )
