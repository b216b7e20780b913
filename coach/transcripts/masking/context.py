"""What the talk says about a number: the cue before it, and what was asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from typing import NamedTuple

from coach.transcripts.masking.cues import Cue
from coach.transcripts.masking.streams import Call
from coach.transcripts.masking.tokens import Token

_NEAR = 60
_RECENT = 6
_ASKED_TURNS = 4
_LAST4_TURNS = 2


class Context(NamedTuple):
    """`near` is the kind of the cue just before a number, empty if there is none; `asked` are the kinds in play."""

    near: str
    asked: frozenset[str]


def context_of(call: Call, token: Token) -> Context:
    """The context of the number that starts with `token`: cues of its turn, else of the turns just before."""
    cues = call.cues[token.turn]
    at = bisect_right(cues, token.start, key=lambda cue: cue.end)
    before = cues[max(0, at - _RECENT) : at]
    asked = {cue.kind for cue in before}
    turn = token.turn - 1
    while not asked and turn >= max(0, token.turn - _ASKED_TURNS):
        asked = {cue.kind for cue in call.cues[turn]}
        if token.turn - turn > _LAST4_TURNS:
            asked.discard("LAST4")
        turn -= 1
    near = before[-1].kind if before and token.start - before[-1].end <= _NEAR else ""
    if near in ("LAST4", "ENDING"):
        near = last4_of(before, asked)
    return Context(near, frozenset(asked))


def last4_of(before: Sequence[Cue], asked: Collection[str]) -> str:
    """What "the last four" are of: the cue that stands nearest, else what is in play, else a card."""
    kinds = [cue.kind for cue in reversed(before)] + sorted(asked)
    return next((kind for kind in kinds if kind in ("ID", "ACCOUNT", "PHONE", "CARD")), "CARD") + "_LAST4"
