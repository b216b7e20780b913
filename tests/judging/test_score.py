from __future__ import annotations

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from coach.domain.review import Attribution, Feedback, MomentReview, Verdict
from coach.judging.score import call_score, count

verdicts = st.sampled_from([*get_args(Verdict), None])
attributions = st.sampled_from(get_args(Attribution))
confidences = st.floats(0, 1).map(lambda x: round(x, 4))


def moment(verdict: Verdict | None, confidence: float, attribution: Attribution = "agent") -> MomentReview:
    return MomentReview(
        id="m1",
        turns=(0, 1),
        verdict=verdict,
        compliance="not_covered",
        attribution=attribution,
        purpose_gap="none",
        confidence=confidence,
        principles=(),
        evidence=(),
        clauses=(),
        exemplars=(),
        feedback=Feedback(observation="", better_move="", question=""),
        flags=(),
    )


moments = st.lists(st.builds(moment, verdicts, confidences, attributions), max_size=12)


def test_by_hand() -> None:
    # (0.9 * 1 + 0.6 * 0.5 + 0.5 * 0) / (0.9 + 0.6 + 0.5) = 1.2 / 2.0
    assert call_score([moment("honored", 0.9), moment("mixed", 0.6), moment("missed", 0.5)]) == 60.0


def test_a_routine_call_has_no_score_rather_than_a_bad_one() -> None:
    assert call_score([]) is None
    assert call_score([moment("no_opportunity", 0.9), moment(None, 0.0)]) is None


def test_what_a_system_or_policy_caused_is_not_the_agents() -> None:
    assert call_score([moment("missed", 0.9, "system_or_policy")]) is None
    assert call_score([moment("honored", 0.5), moment("missed", 0.9, "system_or_policy")]) == 100.0


@given(moments)
def test_the_score_lies_between_0_and_100_and_ignores_what_does_not_count(found: list[MomentReview]) -> None:
    score = call_score(found)
    counting = [m for m in found if m.attribution == "agent" and m.verdict in ("honored", "mixed", "missed")]
    assert score == call_score(counting)
    assert (score is None) == (sum(m.confidence for m in counting) == 0)
    assert score is None or 0 <= score <= 100


@given(moments, st.floats(0.01, 1).map(lambda x: round(x, 4)))
def test_one_more_honored_moment_never_lowers_it_and_one_more_miss_never_raises_it(
    found: list[MomentReview], confidence: float
) -> None:
    before = call_score(found)
    better = call_score([*found, moment("honored", confidence)])
    worse = call_score([*found, moment("missed", confidence)])
    assert better is not None
    assert worse is not None
    if before is not None:
        assert worse <= before <= better


@given(moments, st.integers(0, 5))
def test_every_moment_is_counted_once(found: list[MomentReview], withheld: int) -> None:
    counts = count(found, withheld)
    assert counts.withheld == withheld
    assert sum(counts.model_dump().values()) - withheld == len(found)
