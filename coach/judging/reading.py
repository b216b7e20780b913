"""What a reader of moments says, and the seam behind which the contrast and the learned reader stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from coach.domain.base import Frozen
from coach.domain.corpus import Clause
from coach.domain.moment import Moment, Retrieved
from coach.domain.review import Verdict
from coach.judging.judge import Quote


class Reading(Frozen):
    """What a reader says of one moment.

    Attributes:
        verdict: the likeliest, or None where the reader abstains.
        confidence: its probability; 0 for None.
        near: whether the agent's words are near anything at all.
        principle: the one that the moment touches most.
        clauses: what the verdict rests on, the weightiest first; empty where the reader leaves the choice to nearness.
    """

    verdict: Verdict | None
    confidence: float
    near: bool
    principle: str | None
    clauses: tuple[Clause, ...] = ()


class Ground(NamedTuple):
    """A clause that a verdict on a moment rests on."""

    moment: Moment
    clause: Clause
    verdict: Verdict


class Reader(Protocol):
    """Reads moments by what retrieval found near them."""

    @property
    def id(self) -> str:
        """Its name in the provenance."""
        ...

    def read(self, moment: Moment, near: Retrieved) -> Reading:
        """Read one moment."""
        ...

    def evidence(self, grounds: Sequence[Ground]) -> list[Quote | None]:
        """For each ground the agent's words that carry it; None where there are none to quote."""
        ...
