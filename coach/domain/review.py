"""The review of one call: the product's central contract, printed as JSON by `coach review --format json`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from coach.domain.base import Frozen
from coach.domain.corpus import ExemplarVerdict

Verdict = Literal["honored", "missed", "mixed", "no_opportunity"]
Compliance = Literal["followed", "broke", "not_covered"]
Attribution = Literal["agent", "system_or_policy"]
PurposeGap = Literal["none", "silent", "conflicting"]


class Evidence(Frozen):
    """The agent's own words: `turn`'s text from `start` (included) to `end` (excluded), in characters, is `quote`."""

    turn: int
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    quote: str


class ClauseRef(Frozen):
    """A clause of the purpose; the text is the corpus's own."""

    id: str
    text: str


class ExemplarRef(Frozen):
    """An exemplar the verdict was compared with."""

    id: str
    verdict: ExemplarVerdict
    similarity: float


class Feedback(Frozen):
    """What to tell the agent: what was seen, one small thing to try, a question to reflect on."""

    observation: str
    better_move: str
    question: str


class MomentReview(Frozen):
    """One judged moment.

    `verdict` is None where the moment is unscored: nobody could judge it, and `flags` says why.
    `confidence` is in [0, 1]; 0 for an unscored moment.
    """

    id: str
    turns: tuple[int, int]
    verdict: Verdict | None
    compliance: Compliance
    attribution: Attribution
    purpose_gap: PurposeGap
    confidence: float = Field(ge=0, le=1)
    principles: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    clauses: tuple[ClauseRef, ...]
    exemplars: tuple[ExemplarRef, ...]
    feedback: Feedback
    flags: tuple[str, ...]


class Counts(Frozen):
    """How many moments ended how; `withheld` counts pieces of evidence that failed the gate twice."""

    honored: int = 0
    missed: int = 0
    mixed: int = 0
    no_opportunity: int = 0
    unscored: int = 0
    withheld: int = 0


class Provenance(Frozen):
    """What made this review, enough to make it again. `latency_ms` is the only field that differs between runs."""

    model: str
    prompts: dict[str, str]
    purpose: str
    corpus: str
    embedder: str
    tokens_in: int
    tokens_out: int
    cost_usd: float | None
    latency_ms: int
    version: str


class Review(Frozen):
    """One call's review. `score` is None when no moment counts towards it."""

    call_id: str
    company: str
    score: float | None
    counts: Counts
    summary: str
    celebrate: str
    try_next: str
    moments: tuple[MomentReview, ...]
    provenance: Provenance
