"""Words, numbers and marks of a turn, each with its place in the text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Literal, NamedTuple

from coach.transcripts.masking.words import NUMBER_WORDS

TokenKind = Literal["word", "number", "alnum", "punct", "opaque", "soft", "hard"]
"""What a token is.

`opaque` is text that is never part of a personal number: a price, a time, a date, a cue, a placeholder.
`soft` and `hard` stand between two turns of one speaker: the second may continue the first, or may not.
"""


class Token(NamedTuple):
    """One token.

    Attributes:
        turn: the position of its turn in the call.
        start, end: its place in the turn's text.
        text: lower case, digits of any script as ASCII.
        capital: it begins with a capital.
        shouted: it is all capitals, and longer than one letter.
    """

    turn: int
    start: int
    end: int
    text: str
    kind: TokenKind
    capital: bool = False
    shouted: bool = False


PLACEHOLDER = re.compile(r"\[[A-Za-z][A-Za-z0-9_ /-]{0,40}\]|</?[A-Za-z][A-Za-z0-9_]{0,40}>|\{\{[^{}\n]{0,80}\}\}")
"""What a vendor, or an earlier masking, put in place of a value; also marks such as `[laughter]`."""

_TOKEN = re.compile(r"(?P<opaque>" + PLACEHOLDER.pattern + r")|(?P<word>[^\W_]+(?:['’][^\W\d_]+)*)|(?P<punct>[^\s])")

_EVERYDAY = re.compile(
    r"[$£€¥]\s?\d{1,9}(?:,\d{3}){0,3}(?:\.\d{1,2})?(?!\d)"  # a price
    r"|(?<![\d.,-])\d{1,6}[.,]\d{1,2}(?!\d|[.,-]\d)"  # a decimal
    r"|(?<![\d,])\d{1,3}(?:,\d{3}){1,3}(?!,?\d)"  # thousands
    r"|(?<![\d:])\d{1,2}:\d{2}(?::\d{2})?(?![\d:])"  # a time
    r"|(?<![\d./-])(?:(?:[0-2]?\d|3[01])([./-])(?:[0-2]?\d|3[01])\1(?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})(?![./-]?\d)"
    r"|(?<!\d)\d{1,3}(?:\.\d+)?\s?%"
)


def everyday_spans(text: str) -> list[tuple[int, int]]:
    """Places of prices, decimals, times, dates and percentages: `(start, end)`, in order."""
    return [match.span() for match in _EVERYDAY.finditer(text)]


def tokenise(
    text: str, turn: int, opaque: Iterable[tuple[int, int]] = (), cues: Iterable[tuple[int, int]] = ()
) -> list[Token]:
    """Splits a turn's text into tokens; time and space are linear in its length.

    Args:
        text: the turn's text.
        turn: the turn's position in the call.
        opaque: `(start, end)` places whose tokens are no part of any number.
        cues: places where only numbers and lone letters are opaque: "last four", "s s n", but not "price".
    """
    blocked = sorted([*((*place, False) for place in opaque), *((*place, True) for place in cues)])
    at = 0
    tokens: list[Token] = []
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        raw = match.group()
        while at < len(blocked) and blocked[at][1] <= start:
            at += 1
        kind = _kind(str(match.lastgroup), raw)
        if at < len(blocked) and blocked[at][0] < end:
            plain = blocked[at][2] and kind == "word" and len(raw) > 1 and raw.lower() not in NUMBER_WORDS
            kind = kind if plain else "opaque"
        shouted = end - start > 1 and raw.isupper()
        tokens.append(Token(turn, start, end, _plain(raw), kind, raw[0].isupper(), shouted))
    return tokens


def _kind(group: str, raw: str) -> TokenKind:
    if group == "opaque":
        return "opaque"
    if group == "punct":
        return "punct"
    if raw.isdecimal():
        return "number"
    return "word" if raw.isalpha() or not any(c.isdigit() for c in raw) else "alnum"


def _plain(raw: str) -> str:
    if raw.isascii():
        return raw.lower()
    if raw.isdecimal():
        return "".join(str(unicodedata.decimal(c)) for c in raw)
    return raw.lower().replace("’", "'")
