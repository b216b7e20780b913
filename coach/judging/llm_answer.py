"""The shape of a model's answer. Field order is the order in which the model thinks: deed before verdict."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from coach.domain.review import Attribution, Compliance, PurposeGap, Verdict


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class QuoteAnswer(_Strict):
    """One quote of the agent."""

    turn: int
    quote: str


class MomentAnswer(_Strict):
    """One judged moment."""

    moment: str
    turns: tuple[int, int]
    what_happened: str
    verdict: Verdict
    compliance: Compliance
    attribution: Attribution
    purpose_gap: PurposeGap
    confidence: float = Field(ge=0, le=1)
    evidence: list[QuoteAnswer]
    clauses: list[str]
    exemplars: list[str]
    observation: str
    better_move: str
    question: str


class CallAnswer(_Strict):
    """The whole answer."""

    moments: list[MomentAnswer]
    summary: str
    celebrate: str
    try_next: str
