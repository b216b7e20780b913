"""Cuts a turn into pieces short enough to quote."""

from __future__ import annotations

import re
from collections.abc import Iterator

MAX_WORDS = 28
MIN_WORDS = 3

_SENTENCE = re.compile(r"[^.!?…]+(?:[.!?…]+[\"'”’)]*|$)")
_WORD = re.compile(r"\S+")


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Offsets of quotable pieces, in order: sentences, and windows of them where recognition left no punctuation.

    Pieces of fewer than three words ("Right.") are left out unless there is nothing else.
    """
    spans = [span for found in _SENTENCE.finditer(text) for span in _windows(text, found.start(), found.end())]
    return [span for span in spans if len(text[slice(*span)].split()) >= MIN_WORDS] or spans


def _windows(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    words = [word.span() for word in _WORD.finditer(text, start, end)]
    pieces = -(-len(words) // MAX_WORDS)
    for piece in range(pieces):
        part = words[piece * len(words) // pieces : (piece + 1) * len(words) // pieces]
        yield part[0][0], part[-1][1]
