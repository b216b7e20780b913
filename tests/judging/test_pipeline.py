"""The pipeline around a judge: what it hands on, checks and keeps. The finder and its encoder are the real ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from coach.domain.moment import ExemplarHit, Moment, Retrieved
from coach.domain.review import Review
from coach.domain.transcript import Transcript
from coach.judging.judge import Judgement, JudgeRequest, JudgeResult, Quote
from coach.judging.moments import MomentFinder
from coach.judging.pipeline import Reviewer
from tests.support.calls import CORPUS, EXEMPLARS, all_near, call

CALL = call(
    "A: Ferrywell, good morning.",
    "C: You fined me twenty pounds for being late, but the boat itself left an hour late.",
    "A: Let me look at the log for that crossing, and I will take the fee off if the delay was ours.",
    "C: Thank you, that would be kind.",
    "A: What is your booking number?",
    "C: Four four nine. And my mother was left alone on the ramp in her wheelchair, nobody came, she was scared.",
    "A: I am sorry. I will write to the ramp crew now and meet her at the gate myself when she travels next.",
)
LATE_BOAT, TERMS_READ = EXEMPLARS


class CitingJudge:
    """Finds every moment honored, quotes its first words of the agent and cites the same cases for each."""

    model = "citing"
    repairs = False
    finds_moments = False

    def __init__(self, *exemplar_ids: str) -> None:
        self._cited = exemplar_ids
        self.asked: list[JudgeRequest] = []

    @property
    def prompts(self) -> dict[str, str]:
        return {"my-prompt": "f" * 64}

    async def judge(self, request: JudgeRequest) -> JudgeResult:
        self.asked.append(request)
        return JudgeResult(judgements=tuple(self._judgement(moment) for moment in request.moments))

    def _judgement(self, moment: Moment) -> Judgement:
        said = moment.answer[0]
        return Judgement(
            moment=moment,
            verdict="honored",
            confidence=0.8,
            quotes=(Quote(turn=said.index, text=said.text),),
            clause_ids=("fair-fees/honored/1",),
            exemplar_ids=self._cited,
            flags=("own_flag",),
        )


def near(*similarities: float) -> Retrieved:
    """The cases of the corpus, in their order, as near as said; those left out were not found."""
    hits = [
        ExemplarHit(exemplar=e, similarity=s, to_need=s, to_answer=s)
        for e, s in zip(EXEMPLARS, similarities, strict=False)
    ]
    honored, missed = (tuple(h for h in hits if h.exemplar.verdict == v) for v in ("honored", "missed"))
    return all_near().model_copy(update={"honored": honored, "missed": missed})


MakeReviewer = Callable[..., Reviewer]


@pytest.fixture
def reviewer(finder: MomentFinder) -> MakeReviewer:
    """Builds a reviewer around a judge; `found` is what retrieval finds for the first, second, ... moment."""

    def make(judge: CitingJudge, *found: Retrieved) -> Reviewer:
        def search(moments: Sequence[Moment]) -> list[Retrieved]:
            return list(found[: len(moments)]) if found else [all_near() for _ in moments]

        return Reviewer(CORPUS, embedder="minilm", finder=finder, search=search, judge=judge)

    return make


SPANS = [(1, 2), (5, 6)]


def similarities(review: Review) -> list[dict[str, float]]:
    return [{case.id: case.similarity for case in moment.exemplars} for moment in review.moments]


async def test_the_similarity_shown_is_the_moments_own(reviewer: MakeReviewer) -> None:
    judge = CitingJudge(LATE_BOAT.id, TERMS_READ.id)
    review = await reviewer(judge, near(0.9, 0.2), near(0.3, 0.7)).review_spans(CALL, SPANS)
    assert similarities(review) == [
        {LATE_BOAT.id: 0.9, TERMS_READ.id: 0.2},
        {LATE_BOAT.id: 0.3, TERMS_READ.id: 0.7},
    ]


async def test_a_case_found_for_another_moment_of_the_call_may_be_cited(reviewer: MakeReviewer) -> None:
    judge = CitingJudge(TERMS_READ.id)
    review = await reviewer(judge, near(0.9, 0.4), near(0.8)).review_spans(CALL, SPANS)
    assert similarities(review) == [{TERMS_READ.id: 0.4}, {TERMS_READ.id: 0.4}]
    assert review.counts.withheld == 0


async def test_a_case_found_for_no_moment_is_withheld_and_counted(reviewer: MakeReviewer) -> None:
    judge = CitingJudge(TERMS_READ.id)
    review = await reviewer(judge, near(0.9), near(0.8)).review_spans(CALL, SPANS)
    assert similarities(review) == [{}, {}]
    assert review.counts.withheld == 2
    assert all(moment.flags == ("own_flag", "evidence_withheld") for moment in review.moments)
    assert {moment.verdict for moment in review.moments} == {"honored"}, "a case is a comparison, not the evidence"


async def test_doubts_about_the_transcript_reach_every_moment(reviewer: MakeReviewer) -> None:
    doubted = CALL.model_copy(update={"flags": ("roles_uncertain", "roles_swapped_at_source")})
    review = await reviewer(CitingJudge()).review_spans(doubted, SPANS)
    assert [moment.flags for moment in review.moments] == [
        ("own_flag", "roles_uncertain", "roles_swapped_at_source")
    ] * 2


@pytest.mark.parametrize("spans", [SPANS, SPANS[::-1], [(5, 6), (5, 6)], [(0, 6), (2, 4)]])
async def test_exactly_the_spans_given_are_judged_in_their_order(
    reviewer: MakeReviewer, spans: list[tuple[int, int]]
) -> None:
    judge = CitingJudge()
    review = await reviewer(judge).review_spans(CALL, spans)
    (request,) = judge.asked
    assert not request.may_add_moments
    assert [moment.turns for moment in request.moments] == spans
    assert [(moment.id, moment.turns) for moment in review.moments] == [("m1", spans[0]), ("m2", spans[1])]


async def test_a_span_without_words_is_refused_before_the_judge_is_asked(reviewer: MakeReviewer) -> None:
    judge = CitingJudge()
    with pytest.raises(ValueError, match="hold no words"):
        await reviewer(judge).review_spans(CALL, [(1, 2), (40, 41)])
    assert judge.asked == []


async def test_left_to_itself_it_judges_what_the_finder_finds(reviewer: MakeReviewer, finder: MomentFinder) -> None:
    judge = CitingJudge()
    review = await reviewer(judge).review(CALL)
    (request,) = judge.asked
    assert request.may_add_moments
    assert request.moments == finder.find(CALL)
    assert [moment.turns for moment in review.moments] == [moment.turns for moment in finder.find(CALL)]


async def test_a_routine_call_has_no_score_and_provenance_all_the_same(reviewer: MakeReviewer) -> None:
    routine: Transcript = call("A: Good morning.", "C: When is the last boat?", "A: At nine.", "C: Thanks.")
    review = await reviewer(CitingJudge()).review(routine)
    assert (review.moments, review.score) == ((), None)
    made = review.provenance
    assert (made.model, made.prompts, made.embedder) == ("citing", {"my-prompt": "f" * 64}, "minilm")
    assert (made.purpose, made.corpus) == (CORPUS.purpose_hash, CORPUS.hash)


async def test_the_judge_reads_the_call_and_the_corpus_and_what_was_found_for_each_moment(
    reviewer: MakeReviewer,
) -> None:
    judge = CitingJudge()
    await reviewer(judge, near(0.9), near(0.8)).review_spans(CALL, SPANS)
    (request,) = judge.asked
    assert (request.transcript, request.corpus) == (CALL, CORPUS)
    assert request.retrieved == {"m1": near(0.9), "m2": near(0.8)}
    assert (request.faults, request.previous) == ((), ())
