"""Cuts a call into exchanges: a run of the customer's turns and the run of the agent's turns that answers it.

The unit is the adjacency pair of conversation analysis (Schegloff & Sacks, "Opening up closings", 1973), widened so
that a listener's token ("mhm", "okay") does not end the other side's run.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from coach.domain.base import Frozen
from coach.domain.transcript import Speaker, Turn

MAX_TURNS_PER_SIDE = 12
"""A monologue longer than this is cut, so that one side without an answer cannot swallow a call."""

_LISTENER = (
    r"(mm+|mhm+|uh|um|hm+|huh|ah|oh|okay|ok|right|sure|yes|yeah|yep|yup|no|nope|alright|all right|got it|great|"
    r"perfect|thanks|thank you|cool|fine|i see|exactly|correct|go on|please|uh huh|mm hmm|mhmm|so|well|"
    r"of course|no problem|hello)"
)
_BACKCHANNEL = re.compile(rf"^\W*{_LISTENER}(\W+{_LISTENER})*\W*$", re.IGNORECASE)


class Exchange(Frozen):
    """One extended adjacency pair. `need` is empty where the agent opens, `answer` where nobody answered."""

    need: tuple[Turn, ...]
    answer: tuple[Turn, ...]

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All turns in order."""
        return tuple(sorted((*self.need, *self.answer), key=lambda turn: turn.index))


def is_backchannel(text: str) -> bool:
    """True for a short listener's token, which neither opens nor closes anything."""
    return len(text) <= 40 and bool(_BACKCHANNEL.match(text))


def exchanges(turns: Iterable[Turn]) -> tuple[Exchange, ...]:
    """Exchanges in order. Turns of `system` and `unknown` speakers belong to none: nobody may be credited with them."""
    return tuple(_cut(list(_spoken(turns))))


def _spoken(turns: Iterable[Turn]) -> Iterator[Turn]:
    for turn in turns:
        if turn.speaker in ("agent", "customer") and turn.text:
            yield turn


def _cut(turns: list[Turn]) -> Iterator[Exchange]:
    need: list[Turn] = []
    answer: list[Turn] = []
    for position, turn in enumerate(turns):
        if turn.speaker == "customer":
            if answer and not _is_aside(turns, position, "agent"):
                yield Exchange(need=tuple(need), answer=tuple(answer))
                need, answer = [], []
            # A token while the agent goes on speaking stays with the exchange, on the side that said it.
            need.append(turn)
        elif not (need and not answer and _is_aside(turns, position, "customer")):
            answer.append(turn)
        if max(len(need), len(answer)) >= MAX_TURNS_PER_SIDE and answer:
            yield Exchange(need=tuple(need), answer=tuple(answer))
            need, answer = [], []
        elif len(need) > MAX_TURNS_PER_SIDE:
            need = need[1:]
    if need or answer:
        yield Exchange(need=tuple(need), answer=tuple(answer))


def _is_aside(turns: list[Turn], position: int, floor: Speaker) -> bool:
    """True if the turn is only a listener's token and the one who has the floor goes on right after it."""
    follows = turns[position + 1] if position + 1 < len(turns) else None
    return is_backchannel(turns[position].text) and follows is not None and follows.speaker == floor
