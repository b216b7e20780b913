"""What the contrast says, from similarities chosen by hand."""

from __future__ import annotations

import random
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.domain.corpus import Clause, ExemplarVerdict
from coach.domain.moment import ClauseHit, ExemplarHit, Retrieved
from coach.domain.review import Verdict
from coach.judging.contrast import PRECEDENT, Calibration, VerdictWeights, features, load_calibration, read_contrast
from tests.support.calls import PURPOSE, exemplar

SHIPPED = load_calibration()


def case(verdict: ExemplarVerdict, need: float, answer: float, name: str = "case") -> ExemplarHit:
    return ExemplarHit(
        exemplar=exemplar(name, verdict, "The boat was late.", "I will look."),
        similarity=(need + answer) / 2,
        to_need=need,
        to_answer=answer,
    )


def line(clause: Clause, need: float, answer: float) -> ClauseHit:
    return ClauseHit(clause=clause, similarity=(need + answer) / 2, to_need=need, to_answer=answer)


def clauses(honored: float, missed: float, need: float = 0.4) -> tuple[ClauseHit, ...]:
    """The clauses of the purpose, the agent's words so near to honoured-when and missed-when lines."""
    nearness = {"honored": honored, "missed": missed}
    return tuple(line(c, need, nearness.get(c.kind, 0.2)) for c in PURPOSE.clauses)


def near(*cases: ExemplarHit, lines: tuple[ClauseHit, ...] = ()) -> Retrieved:
    honored, missed, mixed = (
        tuple(c for c in cases if c.exemplar.verdict == v) for v in ("honored", "missed", "mixed")
    )
    return Retrieved(clauses=lines, honored=honored, missed=missed, mixed=mixed)


def always(verdict: Verdict) -> Calibration:
    """A calibration that finds one verdict the likeliest whatever is measured."""
    flat = {v: VerdictWeights(weights=(0, 0, 0, 0), bias=5.0 * (v == verdict)) for v in get_args(Verdict)}
    return SHIPPED.model_copy(update={"verdicts": flat, "mean": (0, 0, 0, 0), "scale": (1, 1, 1, 1)})


@pytest.mark.parametrize("verdict", get_args(ExemplarVerdict))
def test_a_precedent_carries_its_verdict_against_everything_else(verdict: ExemplarVerdict) -> None:
    others = [case(v, 0.65, 0.65, f"{v}-{n}") for v in get_args(ExemplarVerdict) if v != verdict for n in range(5)]
    reading = read_contrast(near(case(verdict, 0.8, 0.75), *others, lines=clauses(0.4, 0.4)), SHIPPED)
    assert (reading.verdict, reading.near, reading.principle) == (verdict, True, "fair-fees")
    assert reading.confidence == pytest.approx(0.775)


@pytest.mark.parametrize(("need", "answer"), [(0.95, PRECEDENT - 0.01), (PRECEDENT - 0.01, 0.95)])
def test_a_case_alike_on_one_side_only_is_no_precedent(need: float, answer: float) -> None:
    """Another need, or another answer to the same need: the logistic decides, here for what it always says."""
    reading = read_contrast(near(case("missed", need, answer), lines=clauses(0.5, 0.5)), always("mixed"))
    assert reading.verdict == "mixed"


def test_words_near_nothing_are_not_judged_however_plain_the_need_is() -> None:
    far = SHIPPED.near - 0.01
    cases = [case("honored", 0.9, far), case("missed", 0.9, far)]
    lines = tuple(line(c, 0.9, far) for c in PURPOSE.clauses)
    reading = read_contrast(near(*cases, lines=lines), always("missed"))
    assert (reading.verdict, reading.confidence, reading.near) == (None, 0.0, False)


def test_an_empty_corpus_has_nothing_to_say() -> None:
    reading = read_contrast(near(), SHIPPED)
    assert (reading.verdict, reading.near, reading.principle) == (None, False, None)


HONORED_CASES = (case("honored", 0.5, 0.6), case("missed", 0.5, 0.3))
MISSED_CASES = (case("honored", 0.5, 0.3), case("missed", 0.5, 0.6))
HONORED_LINES, MISSED_LINES = clauses(0.6, 0.3), clauses(0.3, 0.6)


@pytest.mark.parametrize(
    ("likeliest", "against", "half_against"),
    [
        ("honored", near(*MISSED_CASES, lines=MISSED_LINES), near(*MISSED_CASES, lines=HONORED_LINES)),
        ("missed", near(*HONORED_CASES, lines=HONORED_LINES), near(*HONORED_CASES, lines=MISSED_LINES)),
    ],
)
def test_a_verdict_that_both_measures_of_the_answer_speak_against_is_not_given(
    likeliest: Verdict, against: Retrieved, half_against: Retrieved
) -> None:
    reading = read_contrast(against, always(likeliest))
    assert (reading.verdict, reading.confidence, reading.near) == (None, 0.0, True)
    assert read_contrast(half_against, always(likeliest)).verdict == likeliest


# As far apart as real moments are: the shipped weights are fitted to differences of this size.
SOME_MIXED = case("mixed", 0.45, 0.45)
GOOD_ANSWER = near(*HONORED_CASES, SOME_MIXED, lines=clauses(0.38, 0.34, need=0.3))
BAD_ANSWER = near(*MISSED_CASES, SOME_MIXED, lines=clauses(0.34, 0.38, need=0.3))


def test_the_shipped_weights_follow_the_agents_words_and_not_the_need() -> None:
    """The need is the same on both sides; only the answer changes."""
    assert read_contrast(GOOD_ANSWER, SHIPPED).verdict == "honored"
    assert read_contrast(BAD_ANSWER, SHIPPED).verdict == "missed"


def test_below_the_deciding_probability_the_judge_abstains() -> None:
    confidence = read_contrast(GOOD_ANSWER, SHIPPED).confidence
    stricter = SHIPPED.model_copy(update={"decided": confidence + 0.001})
    reading = read_contrast(GOOD_ANSWER, stricter)
    assert (reading.verdict, reading.confidence, reading.near) == (None, 0.0, True)


def test_a_comparison_that_lacks_a_side_is_no_measure() -> None:
    assert features(near()) == (None, None, None, None)
    assert features(near(case("honored", 0.5, 0.6)))[:2] == (None, None)
    assert features(near(case("missed", 0.5, 0.6)))[:2] == (None, None)
    assert features(near(case("mixed", 0.5, 0.6)))[:2] == (None, None)
    both = features(near(case("mixed", 0.5, 0.6), case("missed", 0.5, 0.3)))
    assert both[0] is None
    assert both[1] is not None
    assert both[1] > 0


def test_precedents_that_contradict_each_other_are_left_to_people() -> None:
    twins = near(case("honored", 0.9, 0.9), case("missed", 0.9, 0.9))
    assert read_contrast(twins, load_calibration()).verdict is None


def test_each_feature_rises_with_what_it_is_named_for() -> None:
    low = features(near(*MISSED_CASES, case("mixed", 0.2, 0.2), lines=clauses(0.3, 0.6, need=0.2)))
    high = features(near(*HONORED_CASES, case("mixed", 0.6, 0.6), lines=clauses(0.6, 0.3, need=0.6)))
    assert all(a is not None and b is not None and a < b for a, b in zip(low, high, strict=True))


cosines = st.floats(-1, 1).map(lambda x: round(x, 3))
"""In steps that keep the order of a sum out of four decimals."""
some_cases = st.lists(st.tuples(st.sampled_from(get_args(ExemplarVerdict)), cosines, cosines), max_size=12).map(
    lambda rows: [case(v, need, answer, f"case-{n}") for n, (v, need, answer) in enumerate(rows)]
)
some_lines = st.lists(
    st.tuples(st.sampled_from(PURPOSE.clauses), cosines, cosines), max_size=12, unique_by=lambda row: row[0].id
).map(lambda rows: tuple(line(*row) for row in rows))


@given(some_cases, some_lines, st.randoms(use_true_random=False))
def test_the_order_of_hits_changes_no_measure_and_no_verdict(
    cases: list[ExemplarHit], lines: tuple[ClauseHit, ...], chance: random.Random
) -> None:
    given_order = near(*cases, lines=lines)
    other_order = near(*chance.sample(cases, len(cases)), lines=tuple(chance.sample(lines, len(lines))))
    assert features(given_order) == pytest.approx(features(other_order))
    one, other = (read_contrast(order, SHIPPED) for order in (given_order, other_order))
    assert (one.verdict, one.near) == (other.verdict, other.near)
    assert one.confidence == pytest.approx(other.confidence, abs=1e-4)


@given(some_cases, some_lines)
def test_confidence_is_a_probability_and_0_where_the_judge_abstains(
    cases: list[ExemplarHit], lines: tuple[ClauseHit, ...]
) -> None:
    reading = read_contrast(near(*cases, lines=lines), SHIPPED)
    assert 0 <= reading.confidence <= 1
    assert (reading.verdict is None) == (reading.confidence == 0)
    assert reading.near or reading.verdict is None
