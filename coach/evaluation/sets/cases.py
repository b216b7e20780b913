"""The lines of the eval sets, one class for each file; the JSON Schemas beside the sets are made from these."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from coach.domain.base import Frozen
from coach.domain.review import Attribution, Compliance, PurposeGap, Verdict
from coach.domain.transcript import Transcript, Turn

Split = Literal["train", "test"]
SetName = Literal["moments", "swaps", "calls", "retrieval", "attacks", "fairness", "asr"]
VariantSet = Literal["attacks", "fairness", "asr"]

KINDS: dict[VariantSet, tuple[str, ...]] = {
    "attacks": ("attack", "benign"),
    "fairness": ("name", "gender", "nationality", "dialect", "age", "disability"),
    "asr": ("noise", "punctuation", "speakers", "mixed-noise"),
}
"""What the variants of a set may vary."""

CaseId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]


def _rising(span: tuple[int, int]) -> tuple[int, int]:
    if span[0] > span[1]:
        raise ValueError(f"the first turn comes after the last: {list(span)}")
    return span


Span = Annotated[tuple[int, int], AfterValidator(_rising)]
"""First and last turn number, both included."""


class Label(Frozen):
    """What one person said of a case, independently of the others; axes that were not asked for are left out."""

    by: Literal["author", "reader-1", "reader-2"]
    verdict: Verdict
    compliance: Compliance | None = None
    attribution: Attribution | None = None
    purpose_gap: PurposeGap | None = None
    note: str = ""


class _Said(Frozen):
    """A conversation under a case id. `split` says whether tuning may look at it."""

    id: CaseId
    split: Split
    turns: tuple[Turn, ...] = Field(min_length=1)

    @cached_property
    def transcript(self) -> Transcript:
        """The conversation as a reviewer takes it."""
        return Transcript(call_id=self.id, turns=self.turns)

    @model_validator(mode="after")
    def _is_a_transcript(self) -> _Said:
        _ = self.transcript
        return self


class MomentCase(_Said):
    """One moment and how people judge it.

    Attributes:
        group: cases written from one situation share a group; groups are never split over train and test, nor by
            cross-validation, and intervals are clustered by them.
        clauses: ids that a good verdict may rest on.
        evidence_turns: agent's turns whose words carry the verdict; empty where there is nothing to judge.
    """

    company: str
    moment: Span
    verdict: Verdict
    compliance: Compliance
    attribution: Attribution
    purpose_gap: PurposeGap
    clauses: tuple[str, ...]
    evidence_turns: tuple[int, ...]
    tags: tuple[str, ...]
    group: str = Field(min_length=1)
    labels: tuple[Label, ...]
    why: str


class SwapSide(Frozen):
    """How one company's purpose judges the moment."""

    company: str
    verdict: Verdict
    why: str


class SideLabel(Frozen):
    """What one person said of both sides of a swap; `verdicts` by company."""

    by: Literal["author", "reader-1", "reader-2"]
    verdicts: dict[str, Verdict]
    note: str = ""


class SwapCase(_Said):
    """One moment that two purposes judge differently."""

    moment: Span
    sides: tuple[SwapSide, SwapSide]
    tags: tuple[str, ...]
    labels: tuple[SideLabel, ...] = ()


class CallMoment(Frozen):
    """One decision point of a whole call."""

    turns: Span
    verdict: Verdict


class CallCase(_Said):
    """A whole call. Everything outside its moments is routine."""

    company: str
    moments: tuple[CallMoment, ...]
    tags: tuple[str, ...]


class RetrievalCase(_Said):
    """A moment and what retrieval should bring back for it, in no particular order."""

    company: str
    moment: Span
    clauses: tuple[str, ...]
    exemplars: tuple[str, ...]


class VariantCase(_Said):
    """A case of `moments` said another way; its company and right verdict are those of `base`."""

    base: CaseId
    moment: Span
    kind: str = Field(pattern=r"^[a-z]+(-[a-z]+)*$")
    tags: tuple[str, ...] = ()


Case = MomentCase | SwapCase | CallCase | RetrievalCase | VariantCase

CASE_TYPES: dict[SetName, type[Case]] = {
    "moments": MomentCase,
    "swaps": SwapCase,
    "calls": CallCase,
    "retrieval": RetrievalCase,
    "attacks": VariantCase,
    "fairness": VariantCase,
    "asr": VariantCase,
}
