"""Card expiry dates: month and year, where a card is in play and the talk says that they are its expiry."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from coach.transcripts.masking.hits import Hit, Piece
from coach.transcripts.masking.numerals import Atom, read_runs
from coach.transcripts.masking.streams import Call
from coach.transcripts.masking.tokens import Token
from coach.transcripts.masking.words import MONTHS

_CUE = re.compile(r"\bexpir(?:y|es?|ation)\b|\bexp\b|\bvalid\s+(?:thru|through|until)\b", re.IGNORECASE)
_OTHER_THING = re.compile(r"\b(?:coupon|voucher|offer|points|membership|window|label|code)\b", re.IGNORECASE)
_MONTH_AND_YEAR = re.compile(r"(0?[1-9]|1[0-2])(?:20)?(2[4-9]|3\d)")
_YEAR = re.compile(r"(?:20)?(2[4-9]|3\d)")
_ABBREVIATED = {month[:3]: number for number, month in enumerate(MONTHS, 1)} | {"sept": 9}
_MONTHS = {month: number for number, month in enumerate(MONTHS, 1)} | _ABBREVIATED
_CARD_TURNS = 10
_ASKED_TURNS = 2
_NEAR = 40


def find_expiries(call: Call) -> Iterator[Hit]:
    """Month and year just after the cue, or in the turns after one that asked; never without a card before them."""
    card_at = -_CARD_TURNS - 1
    asked_at = -_ASKED_TURNS - 1
    for turn, text in enumerate(call.texts):
        if "<CARD_" in text or any(cue.kind == "CARD" for cue in call.cues[turn]):
            card_at = turn
        if "<EXPIRY_" in text:
            asked_at = -_ASKED_TURNS - 1  # it has been given; the digits after it are the security code
            continue
        if turn - card_at > _CARD_TURNS:
            continue
        cues = [match.end() for match in _CUE.finditer(text) if not _is_of_another_thing(text, match)]
        asked = turn - asked_at <= _ASKED_TURNS
        if cues or asked:
            for start, end, key in _dates(call.tokens[turn]):
                if asked or _just_before(cues, start):
                    yield Hit("EXPIRY", key, (Piece(turn, start, end),))
                    break
        if cues:
            asked_at = turn


def _is_of_another_thing(text: str, cue: re.Match[str]) -> bool:
    return bool(_OTHER_THING.search(text, max(0, cue.start() - _NEAR), cue.end()))


def _just_before(cues: Sequence[int], start: int) -> bool:
    at = bisect_right(cues, start)
    return at > 0 and start - cues[at - 1] <= _NEAR


def _dates(tokens: Sequence[Token]) -> Iterator[tuple[int, int, str]]:
    """Start, end and normal form of each month with a year that stands first in a run of digits."""
    for run in read_runs(tokens):
        first = run.atoms[0].first
        if first > 0 and tokens[first - 1].text in _MONTHS:
            month = str(_MONTHS[tokens[first - 1].text])
            found = _longest(run.atoms, _YEAR)
            start = tokens[first - 1].start
        else:
            month = ""
            found = _longest(run.atoms, _MONTH_AND_YEAR)
            start = tokens[first].start
        if found:
            size, match = found
            key = "/".join([month, *match.groups()]).strip("/").lstrip("0")
            yield start, tokens[run.atoms[size - 1].last].end, key


def _longest(atoms: Sequence[Atom], pattern: re.Pattern[str]) -> tuple[int, re.Match[str]] | None:
    """How many atoms at the start the pattern takes, and its match; a year's four digits win over its first two."""
    value = ""
    found = None
    for size, atom in enumerate(atoms[:7], 1):
        value += atom.value
        match = pattern.fullmatch(value)
        if match:
            found = size, match
    return found
