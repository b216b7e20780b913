"""The one seam of judging: a request goes in, judgements come out, nothing of them verified yet."""

from __future__ import annotations

from typing import Protocol

from pydantic import Field

from coach.domain.base import Frozen
from coach.domain.corpus import Corpus
from coach.domain.moment import Moment, Retrieved
from coach.domain.review import Attribution, Compliance, Feedback, PurposeGap, Verdict
from coach.domain.transcript import Transcript

WHOLE_CALL = "call"


class Quote(Frozen):
    """Words that a judge says were spoken in a turn; unverified."""

    turn: int
    text: str


class Judgement(Frozen):
    """What a judge says of one moment. Quotes and ids are claims until the evidence gate has seen them.

    `verdict` is None where the judge could not judge; `flags` then says why.
    """

    moment: Moment
    verdict: Verdict | None
    compliance: Compliance = "not_covered"
    attribution: Attribution = "agent"
    purpose_gap: PurposeGap = "none"
    confidence: float = Field(default=0.0, ge=0, le=1)
    principles: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()
    clause_ids: tuple[str, ...] = ()
    exemplar_ids: tuple[str, ...] = ()
    feedback: Feedback | None = None
    flags: tuple[str, ...] = ()


class Fault(Frozen):
    """Something in a judgement that the gate could not verify, in words a model can act on."""

    moment_id: str
    what: str


class JudgeRequest(Frozen):
    """One call to judge.

    Attributes:
        transcript: masked; the only text a judge may quote.
        corpus: the company's purpose and cases.
        moments: candidate decision points.
        retrieved: what was found near each, by moment id; where there is no candidate, what was found near the whole
            call, under WHOLE_CALL.
        may_add_moments: whether the judge may move, drop or add moments; if not, it answers each one as given.
        faults: what the gate found wrong with `previous`, the judge's own answer; both empty on the first round.
        previous: the answer as the judge gave it, one text for each request it took.
    """

    transcript: Transcript
    corpus: Corpus
    moments: tuple[Moment, ...]
    retrieved: dict[str, Retrieved]
    may_add_moments: bool = True
    faults: tuple[Fault, ...] = ()
    previous: tuple[str, ...] = ()


class CallText(Frozen):
    """Words about the whole call, strengths first; unverified."""

    summary: str
    celebrate: str
    try_next: str


class JudgeUsage(Frozen):
    """What an answer took; zero for a judge that runs here. `cost_usd` is None where no price is known."""

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float | None = 0.0

    def plus(self, other: JudgeUsage) -> JudgeUsage:
        """Both together; a cost that is unknown once stays unknown."""
        unknown = self.cost_usd is None or other.cost_usd is None
        return JudgeUsage(
            requests=self.requests + other.requests,
            tokens_in=self.tokens_in + other.tokens_in,
            tokens_out=self.tokens_out + other.tokens_out,
            cost_usd=None if unknown else round((self.cost_usd or 0) + (other.cost_usd or 0), 8),
        )


class JudgeResult(Frozen):
    """Judgements in the order of the call.

    `call_text` is None where the judge leaves it to be composed. `faults` names parts of an answer that could not be
    placed in the call at all, such as a moment at turns that do not exist. `answers` are the texts the judge gave, one
    for each request, so that it can be shown them again; empty for a judge that runs here.
    """

    judgements: tuple[Judgement, ...]
    call_text: CallText | None = None
    usage: JudgeUsage = JudgeUsage()
    faults: tuple[Fault, ...] = ()
    answers: tuple[str, ...] = ()


class Judge(Protocol):
    """Judges the moments of a call."""

    @property
    def model(self) -> str:
        """Its name in the provenance."""
        ...

    @property
    def prompts(self) -> dict[str, str]:
        """Content hashes by prompt id."""
        ...

    @property
    def repairs(self) -> bool:
        """Whether asking again with the gate's faults can change the answer."""
        ...

    @property
    def finds_moments(self) -> bool:
        """Whether it reads the whole call and may add moments, also where none was suggested."""
        ...

    async def judge(self, request: JudgeRequest) -> JudgeResult:
        """Judge every moment of the request.

        Raises:
            ModelError: no usable answer could be had for the call.
        """
        ...
