"""Dates of birth: a date is personal only where the talk says that it is one."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from coach.transcripts.masking.hits import Hit, pieces_of
from coach.transcripts.masking.streams import Call
from coach.transcripts.masking.tokens import Token
from coach.transcripts.masking.words import MONTHS, NUMBER_WORDS, ORDINALS

_NUMERIC = re.compile(r"(?<![\d./-])(?:\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}-\d{2}-\d{2})(?![./-]?\d)")
_STRICT = re.compile(r"\bdate\s+of\s+birth\b|\bd\.?\s?o\.?\s?b\b|\bbirth\s?date\b|\bborn\b", re.IGNORECASE)
_LOOSE = re.compile(r"\bbirthday\b", re.IGNORECASE)
_BIRTHDAY_ASKED = re.compile(r"\byour\s+(?:\w{1,20}\s+){0,4}birthday\b|\bbirthday\s*\?", re.IGNORECASE)
_ORDINAL = re.compile(r"\d{1,2}(?:st|nd|rd|th)")
_ABBREVIATED = {month[:3]: month for month in MONTHS} | {"sept": "september"}
_DIGIT_DATES = tuple(
    re.compile(rf"(\d{{{first}}})(\d{{{second}}})(?:(?:19|20)\d\d|\d\d)") for first in (1, 2) for second in (1, 2)
)
_NEAR = 60
_ASKED_TURNS = 3
_LEFT = 5
_RIGHT = 9


def find_dates_of_birth(call: Call) -> Iterator[Hit]:
    """Dates just after a cue, or in the turns after one that asked."""
    asked_at = -_ASKED_TURNS - 1
    for turn, text in enumerate(call.texts):
        cues = [match.end() for match in _STRICT.finditer(text)]
        loose = [match.end() for match in _LOOSE.finditer(text)]
        was_asked = turn - asked_at <= _ASKED_TURNS
        if cues or loose or was_asked:
            for tokens in _dates(call.tokens[turn], text):
                start = tokens[0].start
                if was_asked or _just_before(cues, start) or (_just_before(loose, start) and _has_year(tokens)):
                    yield Hit("DATE_OF_BIRTH", _key(tokens), pieces_of(tokens))
        if cues or _BIRTHDAY_ASKED.search(text):
            asked_at = turn


def is_date(digits: str) -> bool:
    """Whether five to eight digits can be day, month and year, in either order, the year in two digits or four."""
    for shape in _DIGIT_DATES:
        match = shape.fullmatch(digits)
        if match:
            first, second = int(match[1]), int(match[2])
            if min(first, second) in range(1, 13) and max(first, second) in range(1, 32):
                return True
    return False


def _just_before(ends: Sequence[int], start: int) -> bool:
    at = bisect_right(ends, start)
    return at > 0 and start - ends[at - 1] <= _NEAR


def _dates(tokens: Sequence[Token], text: str) -> Iterator[list[Token]]:
    for match in _NUMERIC.finditer(text):
        first, last = (bisect_left(tokens, edge, key=lambda token: token.start) for edge in match.span())
        yield list(tokens[first:last])
    for at, token in enumerate(tokens):
        if token.kind == "word" and (token.text in MONTHS or token.text in _ABBREVIATED):
            left = at
            while left > 0 and at - left < _LEFT and _in_date(tokens[left - 1]):
                left -= 1
            right = at
            while right + 1 < len(tokens) and right - at < _RIGHT and _in_date(tokens[right + 1]):
                right += 1
            span = list(tokens[left : right + 1])
            while span and not _counts(span[0]):
                span.pop(0)
            while span and not _counts(span[-1]):
                span.pop()
            if sum(_counts(part) for part in span) > 1:
                yield span


def _in_date(token: Token) -> bool:
    return _counts(token) or token.text in ("of", "the", ",", "and", "in", "-")


def _counts(token: Token) -> bool:
    text = token.text
    if token.kind == "word":
        return text in NUMBER_WORDS or text in ORDINALS or text in MONTHS or text in _ABBREVIATED
    return (token.kind == "number" and len(text) in (1, 2, 4)) or bool(_ORDINAL.fullmatch(text))


def _has_year(tokens: Sequence[Token]) -> bool:
    return any(len(token.text) == 4 and token.kind == "number" for token in tokens) or (
        sum(token.text in NUMBER_WORDS for token in tokens) >= 2
    )


def _key(tokens: Sequence[Token]) -> str:
    return " ".join(_ABBREVIATED.get(token.text, token.text) for token in tokens if _counts(token))
