"""One call through: moments, retrieval, judge, evidence gate, score and words.

Nothing here knows which judge it runs or where anything is stored.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Protocol

from coach import __version__
from coach.domain.corpus import Corpus
from coach.domain.moment import Moment, Retrieved
from coach.domain.review import Feedback, MomentReview, Provenance, Review
from coach.domain.transcript import Transcript
from coach.errors import ModelError
from coach.judging import feedback
from coach.judging.gate import SCORED, Offered, Verified, call_text_faults, verify
from coach.judging.judge import WHOLE_CALL, CallText, Fault, Judge, Judgement, JudgeRequest, JudgeResult, JudgeUsage
from coach.judging.moments import MomentFinder
from coach.judging.score import call_score, count
from coach.judging.summary import compose_call_text


class Search(Protocol):
    """Finds what the corpus holds near each moment, one result a moment."""

    def __call__(self, moments: Sequence[Moment]) -> list[Retrieved]:
        """Search for all moments at once."""
        ...


class Reviewer:
    """Reviews calls of one company.

    Args:
        corpus: the company's purpose and cases.
        embedder: name of the embedder, for the provenance.
        finder: finds the moments.
        search: finds what lies near them.
        judge: any judge; the same gate stands behind all of them.
    """

    def __init__(self, corpus: Corpus, *, embedder: str, finder: MomentFinder, search: Search, judge: Judge) -> None:
        self.corpus = corpus
        self._embedder = embedder
        self._finder = finder
        self._search = search
        self._judge = judge

    async def review(self, transcript: Transcript) -> Review:
        """Review one masked transcript.

        Raises:
            ModelError: the judge gave no usable answer for the call.
        """
        started = time.perf_counter()
        return await self._review(transcript, self._finder.find(transcript), started, may_add_moments=True)

    async def review_spans(self, transcript: Transcript, spans: Sequence[tuple[int, int]]) -> Review:
        """Review exactly the given spans of turn numbers (first and last, both included).

        Raises:
            ModelError: as in `review`.
            ValueError: a span holds no turn of agent or customer.
        """
        started = time.perf_counter()
        moments = self._finder.at(transcript, spans)
        return await self._review(transcript, moments, started, may_add_moments=False)

    async def _review(
        self, transcript: Transcript, moments: tuple[Moment, ...], started: float, *, may_add_moments: bool
    ) -> Review:
        request = JudgeRequest(
            transcript=transcript,
            corpus=self.corpus,
            moments=moments,
            retrieved=self._retrieve(moments) or self._around(transcript),
            may_add_moments=may_add_moments,
        )
        result, verified = await self._judge_and_verify(request)
        reviews = tuple(_moment_review(f"m{n}", v, self.corpus, transcript.flags) for n, v in enumerate(verified, 1))
        withheld = sum(v.withheld for v in verified) + len(result.faults)
        counts = count(reviews, withheld)
        text = result.call_text
        if text is None or not _fits(text, verified) or call_text_faults(text, transcript):
            text = compose_call_text(reviews, counts, self.corpus.purpose, transcript)
        return Review(
            call_id=transcript.call_id,
            company=self.corpus.purpose.id,
            score=call_score(reviews),
            counts=counts,
            summary=text.summary,
            celebrate=text.celebrate,
            try_next=text.try_next,
            moments=reviews,
            provenance=self._provenance(result.usage, started),
        )

    def _retrieve(self, moments: Sequence[Moment]) -> dict[str, Retrieved]:
        found = self._search(moments) if moments else []
        return {moment.id: near for moment, near in zip(moments, found, strict=True)}

    async def _judge_and_verify(self, request: JudgeRequest) -> tuple[JudgeResult, list[Verified]]:
        """Judge, verify, and ask once more where the gate found faults and asking can help."""
        result = await self._judge.judge(request)
        verified = self._verify(result, request)
        faults = _faults(result, verified)
        if not faults or not self._judge.repairs:
            return result, verified
        try:
            second = await self._judge.judge(request.model_copy(update={"faults": faults, "previous": result.answers}))
        except ModelError as error:
            failed = JudgeUsage(requests=1, tokens_in=error.tokens_in, tokens_out=error.tokens_out, cost_usd=None)
            return result.model_copy(update={"usage": result.usage.plus(failed)}), verified
        usage = result.usage.plus(second.usage)
        repaired = self._verify(second, request)
        if len(_faults(second, repaired)) > len(faults):
            return result.model_copy(update={"usage": usage}), verified
        return second.model_copy(update={"usage": usage}), repaired

    def _around(self, transcript: Transcript) -> dict[str, Retrieved]:
        """What lies near the call as a whole, for a judge that may find moments where none was suggested."""
        if not self._judge.finds_moments:
            return {}
        need, answer = (tuple(t for t in transcript.turns if t.speaker == side) for side in ("customer", "agent"))
        return self._retrieve([Moment(id=WHOLE_CALL, need=need, answer=answer, salience=0.0)])

    def _verify(self, result: JudgeResult, request: JudgeRequest) -> list[Verified]:
        offered = Offered.of(request.retrieved.values())
        added = [j.moment for j in result.judgements if j.moment.id not in request.retrieved]
        near = {**request.retrieved, **self._retrieve(added)}
        return [verify(j, request.transcript, offered.seen_from(near[j.moment.id])) for j in result.judgements]

    def _provenance(self, usage: JudgeUsage, started: float) -> Provenance:
        return Provenance(
            model=self._judge.model,
            prompts=self._judge.prompts,
            purpose=self.corpus.purpose_hash,
            corpus=self.corpus.hash,
            embedder=self._embedder,
            tokens_in=usage.tokens_in,
            tokens_out=usage.tokens_out,
            cost_usd=usage.cost_usd,
            latency_ms=round((time.perf_counter() - started) * 1000),
            version=__version__,
        )


def _faults(result: JudgeResult, verified: Sequence[Verified]) -> tuple[Fault, ...]:
    return (*result.faults, *(fault for v in verified for fault in v.faults))


def _fits(text: CallText, verified: Sequence[Verified]) -> bool:
    """Whether words about the call, written before the gate, are still true of what came through it."""
    shown = [v.judgement.verdict for v in verified]
    nothing_to_celebrate = not {"honored", "mixed"} & set(shown)
    return bool(
        text.summary and all(v.stands for v in verified) and shown and not (text.celebrate and nothing_to_celebrate)
    )


def _moment_review(moment_id: str, v: Verified, corpus: Corpus, doubts: Sequence[str]) -> MomentReview:
    j = v.judgement
    stands = v.stands
    own = [*j.flags]
    if not stands:
        own.append("unverified")
    elif v.unsupported:
        own.append("evidence_withheld")
    if j.feedback and not v.feedback:
        own.append("wording_replaced")
    flags = (*own, *doubts)
    principles = tuple(p.id for p in corpus.purpose.principles if p.id in _principles(j, v))
    return MomentReview(
        id=moment_id,
        turns=j.moment.turns,
        verdict=j.verdict if stands else None,
        compliance=j.compliance,
        attribution=j.attribution,
        purpose_gap=j.purpose_gap,
        confidence=round(j.confidence, 4) if stands and j.verdict else 0.0,
        principles=principles,
        evidence=v.evidence,
        clauses=v.clauses,
        exemplars=v.exemplars,
        feedback=v.feedback if v.feedback and stands else _curated(v, corpus),
        flags=flags,
    )


def _principles(j: Judgement, v: Verified) -> set[str]:
    """The principles that verified clauses belong to; those the judge named where it cites none."""
    cited = {clause.id.split("/")[0] for clause in v.clauses}
    return cited or set(j.principles)


def _curated(v: Verified, corpus: Corpus) -> Feedback:
    """Feedback in the corpus's words, where the judge's own did not stand."""
    verdict = v.judgement.verdict if v.stands else None
    clause = corpus.purpose.clause_by_id[v.clauses[0].id] if v.clauses else None
    principle = next((p for p in corpus.purpose.principles if clause and p.id == clause.principle), None)
    side = verdict if verdict in SCORED else None
    case = next((corpus.exemplar_by_id[e.id] for e in v.exemplars if e.verdict == side), None)
    return feedback.compose(verdict, principle, clause, move=None, case=case)
