"""Feedback composed from the sample companies' own words, and from words that nobody foresaw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain.corpus import Corpus, Principle
from coach.domain.review import Feedback, Verdict
from coach.judging.feedback import compose
from coach.judging.gate import Offered, verify
from coach.judging.judge import Judgement
from coach.judging.normal import quoted_spans
from coach.judging.tone import MAX_SUGGESTION_WORDS, suggestion_faults, tone_faults
from coach.retrieval import load_corpus, minilm_token_count
from tests.conftest import SAMPLES
from tests.support.calls import PURPOSE, all_near, call, whole

VERDICTS: tuple[Verdict | None, ...] = (*get_args(Verdict), None)
SCORED: tuple[Verdict, ...] = ("honored", "missed", "mixed")
CALL = call("C: I was charged twice.", "A: I will look at that now.")


@pytest.fixture(scope="module", params=["fairwheel", "harborcare", "sunnybox"])
def corpus(request: pytest.FixtureRequest) -> Corpus:
    return load_corpus(SAMPLES, request.param, token_count=minilm_token_count())


def every_feedback(corpus: Corpus, principle: Principle, verdict: Verdict | None) -> Iterator[Feedback]:
    """All that can be said under a principle: each clause, each case, each move."""
    own = [clause for clause in corpus.purpose.clauses if clause.principle == principle.id and clause.kind != "kpi"]
    cases = [case for case in corpus.exemplars if case.verdict == verdict]
    for clause in own:
        yield compose(verdict, principle, clause, move=None, case=None)
        if clause.kind == "honored":
            yield compose(verdict, principle, clause, move=clause, case=None)
    for case in cases:
        yield compose(verdict, principle, own[0], move=None, case=case)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_all_feedback_of_the_sample_companies_passes_the_gate(corpus: Corpus, verdict: Verdict | None) -> None:
    for principle in corpus.purpose.principles:
        for said in every_feedback(corpus, principle, verdict):
            assert [fault for _, text in said for fault in tone_faults(text)] == []
            assert suggestion_faults(said.better_move) == []
            assert len(said.better_move.split()) <= MAX_SUGGESTION_WORDS
            assert bool(said.better_move) == (verdict in SCORED), "a judged moment comes with one thing to try"
            judgement = Judgement(moment=whole(CALL), verdict=verdict, feedback=said)
            assert verify(judgement, CALL, Offered.of([all_near()])).feedback == said


def test_each_verdict_is_told_in_its_own_words() -> None:
    (principle,) = PURPOSE.principles
    told = {v: compose(v, principle, PURPOSE.clauses[0], move=None, case=None) for v in VERDICTS}
    assert len({said.observation for said in told.values()}) == len(VERDICTS)
    assert told["no_opportunity"].question == told["no_opportunity"].better_move == ""
    assert told[None].better_move == ""
    assert all("Fair fees" in told[v].observation for v in SCORED)


@pytest.mark.parametrize("verdict", SCORED)
def test_where_nothing_is_near_a_person_is_asked_for_and_nothing_advised(verdict: Verdict) -> None:
    said = compose(verdict, None, None, move=None, case=None)
    assert "person" in said.observation
    assert said.better_move == ""


@given(
    st.text(st.sampled_from("abc I\"'“”‘’«»„.,;\n"), min_size=1, max_size=80),
    st.lists(st.sampled_from(["care", "fee.", "boat", "why?"]), min_size=1, max_size=90).map(" ".join),
    st.sampled_from(SCORED),
)
def test_curated_words_never_look_like_words_said_in_the_call(text: str, meaning: str, verdict: Verdict) -> None:
    principle = PURPOSE.principles[0].model_copy(update={"meaning": meaning})
    clause = PURPOSE.clauses[1].model_copy(update={"text": text})
    said = compose(verdict, principle, clause, move=clause, case=None)
    assert quoted_spans(said.observation, single_marks=True) == []
    assert quoted_spans(said.better_move) == []
    assert len(said.better_move.split()) <= MAX_SUGGESTION_WORDS
