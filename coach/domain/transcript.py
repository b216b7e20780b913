"""A conversation as it was said: turns in the source's order, under the source's numbering."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import Any, Literal

from pydantic import Field, model_validator

from coach.domain.base import Frozen

Speaker = Literal["agent", "customer", "system", "unknown"]

TranscriptFlag = Literal["roles_uncertain", "roles_swapped_at_source", "no_roles", "single_speaker"]
"""What a reader of the review must know about the transcript.

`roles_uncertain`: agent and customer were settled by weak evidence, or not at all.
`roles_swapped_at_source`: the source's role labels contradicted strong evidence and were exchanged.
`no_roles`: the source carries no speakers; every turn is `unknown`.
`single_speaker`: only one party speaks.
"""


class Turn(Frozen):
    """One uninterrupted piece of speech by one speaker.

    Attributes:
        index: the turn's own number in its source, from 0; unique and rising within a transcript.
        text: what was said, in Unicode, stripped at both ends.
        start_ms, end_ms: milliseconds from the start of the call; None where the source has no time.
        asr_confidence: the recogniser's confidence in [0, 1]; None where the source has none.
    """

    index: int = Field(ge=0)
    speaker: Speaker
    text: str
    start_ms: int | None = Field(default=None, ge=0)
    end_ms: int | None = Field(default=None, ge=0)
    asr_confidence: float | None = Field(default=None, ge=0, le=1)


class Transcript(Frozen):
    """One call or chat. `kpis` and `metadata` are carried through as the source gave them."""

    call_id: str = Field(min_length=1)
    turns: tuple[Turn, ...] = Field(min_length=1)
    channel: str | None = None
    language: str | None = None
    started_at: str | None = None
    agent_ref: str | None = None
    team: str | None = None
    kpis: dict[str, Any] = Field(default_factory=dict)
    metadata: dict[str, Any] = Field(default_factory=dict)
    flags: tuple[TranscriptFlag, ...] = ()

    @model_validator(mode="after")
    def _indices_rise(self) -> Transcript:
        indices = [turn.index for turn in self.turns]
        for before, after in pairwise(indices):
            if after <= before:
                raise ValueError(f"turn numbers must rise: {after} follows {before}")
        return self

    @cached_property
    def by_index(self) -> dict[int, Turn]:
        """Turns by their own number."""
        return {turn.index: turn for turn in self.turns}
