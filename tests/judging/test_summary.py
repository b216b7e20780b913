from __future__ import annotations

import pytest

from coach.domain.review import Attribution, Evidence, Feedback, MomentReview, Verdict
from coach.domain.transcript import Transcript, TranscriptFlag
from coach.judging.gate import call_text_faults
from coach.judging.judge import CallText
from coach.judging.score import count
from coach.judging.summary import ROUTINE, compose_call_text
from tests.support.calls import PURPOSE, call

ANSWER = "It was our delay, so the fee is off."
CALL = call("C: I was fined for a boat that came late.", f"A: {ANSWER}", "C: Thank you.")


def moment(
    verdict: Verdict | None, confidence: float = 0.8, move: str = "", attribution: Attribution = "agent"
) -> MomentReview:
    return MomentReview(
        id="m1",
        turns=(0, 1),
        verdict=verdict,
        compliance="not_covered",
        attribution=attribution,
        purpose_gap="none",
        confidence=confidence,
        principles=("fair-fees",),
        evidence=(Evidence(turn=1, start=0, end=len(ANSWER), quote=ANSWER),),
        clauses=(),
        exemplars=(),
        feedback=Feedback(observation="", better_move=move, question=""),
        flags=(),
    )


def text(*moments: MomentReview, transcript: Transcript = CALL) -> CallText:
    said = compose_call_text(moments, count(moments, 0), PURPOSE, transcript)
    assert call_text_faults(said, transcript) == []
    return said


def flagged(*flags: TranscriptFlag) -> Transcript:
    return CALL.model_copy(update={"flags": flags})


def test_strengths_come_first_whatever_the_order_in_the_call() -> None:
    said = text(moment("missed"), moment(None, 0), moment("mixed"), moment("honored"), moment("honored"))
    order = ["Two moments honored", "One moment did so in part", "One moment left something", "could not be judged"]
    places = [said.summary.index(part) for part in order]
    assert places == sorted(places)
    assert "(Fair fees)" in said.summary


@pytest.mark.parametrize(
    "moments",
    [
        (),
        (moment("missed"), moment("mixed")),
        (moment("no_opportunity"), moment(None, 0)),
        (moment("honored", attribution="system_or_policy"),),
    ],
)
def test_nothing_is_celebrated_that_the_agent_did_not_honor(moments: tuple[MomentReview, ...]) -> None:
    assert text(*moments).celebrate == ""


def test_the_agents_own_words_are_celebrated() -> None:
    said = text(moment("honored"))
    assert ANSWER in said.celebrate
    assert "Fair fees" in said.celebrate


def test_what_to_try_comes_from_the_surest_moment_that_has_something_to_teach() -> None:
    keep, try_a, try_b, half, not_theirs = (
        f"Try {what}, because it helps." for what in ("the same", "this", "that", "the rest", "nothing")
    )
    honored, mixed = moment("honored", 0.9, keep), moment("mixed", 0.9, half)
    system = moment("missed", 1.0, not_theirs, "system_or_policy")
    assert text(honored, moment("missed", 0.4, try_a), moment("missed", 0.6, try_b), mixed, system).try_next == try_b
    assert text(honored, mixed, system).try_next == half
    assert text(honored, system).try_next == keep
    assert text(system).try_next == ""


@pytest.mark.parametrize("moments", [(), (moment("no_opportunity"), moment("no_opportunity"))])
def test_a_routine_call_is_called_routine(moments: tuple[MomentReview, ...]) -> None:
    assert text(*moments) == CallText(summary=ROUTINE, celebrate="", try_next="")


def test_a_moment_nobody_could_judge_is_no_routine() -> None:
    summary = text(moment(None, 0)).summary
    assert "One moment could not be judged" in summary
    assert ROUTINE not in summary


def test_what_a_system_caused_is_not_put_on_the_agent() -> None:
    system = moment("missed", attribution="system_or_policy")
    assert "One moment left something to try, which lies with a system or a policy." in text(system).summary
    assert "Two moments left something to try, of which 1 with a system" in text(system, moment("missed")).summary
    assert "system" not in text(moment("missed")).summary


@pytest.mark.parametrize("moments", [(), (moment("honored"), moment("missed"))])
@pytest.mark.parametrize(
    ("flag", "words"),
    [
        ("roles_uncertain", "Who is the agent is not certain"),
        ("roles_swapped_at_source", "agent and customer the wrong way round"),
    ],
)
def test_doubts_about_roles_are_said(moments: tuple[MomentReview, ...], flag: TranscriptFlag, words: str) -> None:
    assert words in text(*moments, transcript=flagged(flag)).summary
    assert words not in text(*moments).summary


def test_where_nobody_is_known_to_be_the_agent_the_call_is_not_called_routine() -> None:
    summary = text(transcript=call("U: I was fined.", "U: I will look.")).summary
    assert "not known" in summary
    assert ROUTINE not in summary
