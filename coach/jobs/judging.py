"""The seam between a batch and what judges its calls."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from coach.domain.review import Review
from coach.domain.transcript import Transcript
from coach.store import Batch


class Judging(Protocol):
    """Judges calls for one company under one recipe; safe to ask for several at once from one event loop."""

    @property
    def fingerprint(self) -> str:
        """Digest of everything but the call that decides on a review."""
        ...

    @property
    def at_once(self) -> int:
        """How many calls are worth having under way."""
        ...

    @property
    def stuck(self) -> bool:
        """Whether no call gets on, because the endpoint that it asks is down."""
        ...

    def prepare(self, transcript: Transcript) -> Transcript:
        """The call as the judge may see it: masked, unless the recipe says otherwise."""
        ...

    async def review(self, prepared: Transcript) -> Review:
        """Judge a prepared call.

        Raises:
            ModelError: the judge gave no usable answer.
        """
        ...

    def cost_usd(self, tokens_in: int, tokens_out: int) -> float:
        """What an answer of so many tokens costs; 0 where no price is known."""
        ...

    async def aclose(self) -> None:
        """Close connections."""
        ...


MakeJudging = Callable[[Batch, Callable[[str], None]], Judging]
"""From a batch, and where to tell of outages, to what judges by its recipe; raises `UserError` where it cannot."""
