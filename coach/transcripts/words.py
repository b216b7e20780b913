"""Turns out of single words, for recognisers that give words and leave the turns to the reader."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from coach.transcripts.draft import SpokenTurn
from coach.transcripts.values import mean_confidence

PAUSE_MS = 1000
"""A pause that ends an utterance where speakers are on channels of their own and can talk at once."""


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word; `glued` ones are punctuation and follow the word before without a space."""

    label: str | None
    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    confidence: float | None = None
    glued: bool = False


def join_words(words: Iterable[Word]) -> list[SpokenTurn]:
    """One turn per run of words of one speaker.

    A word without a speaker (a numeral, a mark) belongs to the speaker before it, or to the next one if it is first.
    A turn starts and ends with its first and last words that have times.
    """
    return [_turn(run) for run in _runs(words)]


def join_channels(channels: Iterable[Sequence[Word]]) -> list[SpokenTurn]:
    """Turns of speakers recorded on channels of their own, in the order of their starts.

    Each channel is cut at its pauses first: people talk at once, and sorting single words would shred sentences.
    """
    utterances = [_turn(run) for words in channels for run in _cut_at_pauses(words)]
    last = 0
    keyed = []
    for utterance in utterances:
        last = utterance.start_ms if utterance.start_ms is not None else last
        keyed.append((last, utterance))
    return [utterance for _, utterance in sorted(keyed, key=lambda pair: pair[0])]


def _runs(words: Iterable[Word]) -> Iterator[list[Word]]:
    run: list[Word] = []
    label: str | None = None
    for word in words:
        if not word.text:
            continue
        if run and word.label is not None and label is not None and word.label != label:
            yield run
            run, label = [], None
        label = word.label if word.label is not None else label
        run.append(word)
    if run:
        yield run


def _cut_at_pauses(words: Iterable[Word]) -> Iterator[list[Word]]:
    for run in _runs(words):
        piece: list[Word] = []
        end: int | None = None
        for word in run:
            if piece and word.start_ms is not None and end is not None and word.start_ms - end > PAUSE_MS:
                yield piece
                piece = []
            piece.append(word)
            end = word.end_ms if word.end_ms is not None else end
        yield piece


def _turn(words: Sequence[Word]) -> SpokenTurn:
    text = "".join(chain.from_iterable(("" if word.glued else " ", word.text) for word in words)).strip()
    return SpokenTurn(
        label=next((word.label for word in words if word.label is not None), None),
        text=text,
        start_ms=next((word.start_ms for word in words if word.start_ms is not None), None),
        end_ms=next((word.end_ms for word in reversed(words) if word.end_ms is not None), None),
        confidence=mean_confidence(word.confidence for word in words),
    )
