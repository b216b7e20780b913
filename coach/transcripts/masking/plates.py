"""Number plates, where the talk says that they are one: "AB12 CDE", "7ABC123"."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from coach.transcripts.masking.hits import Hit, Piece
from coach.transcripts.masking.streams import Call

_PLATE = re.compile(r"(?<![\w-])(?=[A-Z\d -]{0,9}\d)(?=[\d -]{0,9}[A-Z])[A-Z\d]{1,7}(?:[ -][A-Z\d]{1,4}){0,2}(?![\w-])")
_NEAR = 40
_ASKED_TURNS = 2
_SIZES = range(4, 9)


def find_plates(call: Call) -> Iterator[Hit]:
    """Upper-case letters and digits just after the cue, or in the turns after one that asked."""
    asked_at = -_ASKED_TURNS - 1
    for turn, text in enumerate(call.texts):
        cues = [cue.end for cue in call.cues[turn] if cue.kind == "PLATE"]
        asked = turn - asked_at <= _ASKED_TURNS
        for match in _PLATE.finditer(text) if cues or asked else ():
            value = re.sub(r"\W", "", match.group())
            at = bisect_right(cues, match.start())
            near = at > 0 and match.start() - cues[at - 1] <= _NEAR
            if len(value) in _SIZES and (near or (asked and not call.cues[turn])):
                yield Hit("ID", value, (Piece(turn, *match.span()),))
        if cues:
            asked_at = turn
