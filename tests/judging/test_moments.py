"""Which parts of a call are decision points, with the real encoder and the shipped weights."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coach.domain.moment import Moment
from coach.domain.transcript import Speaker, Transcript, Turn
from coach.judging.moments import MAX_MOMENT_TURNS, THRESHOLD, MomentFinder
from tests.support.calls import call

FINED = "You fined me twenty pounds for being late, but the boat itself left an hour late."
CHECKED = (
    "I understand that is upsetting. Let me look at the harbour log for that crossing, "
    "and I will take the fee off myself if the delay was ours."
)


def indices(turns: tuple[Turn, ...]) -> list[int]:
    return [turn.index for turn in turns]


def test_a_routine_call_holds_no_moment(finder: MomentFinder) -> None:
    routine = call(
        "A: Ferrywell, good morning, how can I help?",
        "C: What time is the last boat on Sunday?",
        "A: The last one leaves at half past nine.",
        "C: Lovely, thanks.",
        "A: You're welcome, bye.",
    )
    assert finder.find(routine) == ()


def test_a_need_turned_down_in_four_words_is_a_moment(finder: MomentFinder) -> None:
    need = "C: I was charged a late fee, but it was your boat that was late. Could you please take it off?"
    (moment,) = finder.find(call("A: Good morning.", need, "A: No, I really can't.", "C: That is a pity.", "A: Bye."))
    assert moment.turns == (1, 2)
    assert finder.find(call("A: Good morning.", need, "A: It's off now, there.", "C: That is kind.", "A: Bye.")) == ()


def test_exchanges_on_one_matter_are_one_moment(finder: MomentFinder) -> None:
    (moment,) = finder.find(
        call(
            "A: Good morning.",
            f"C: {FINED}",
            "A: I understand. Let me look at the harbour log for that crossing before I say anything about the fee.",
            "C: I never would have been late if the boat had been on time, it isn't fair.",
            "A: The log shows that the delay was ours, so I have taken the fee off and the money is on its way back.",
            "C: Thank you, I did not expect that.",
            "A: Is there anything else?",
            "C: No.",
            "A: Bye.",
        )
    )
    assert moment.id == "m1"
    assert (indices(moment.need), indices(moment.answer), indices(moment.effect)) == ([1, 3], [2, 4], [5])


def test_matters_that_lie_apart_are_moments_of_their_own(finder: MomentFinder) -> None:
    found = finder.find(
        call(
            f"C: {FINED}",
            f"A: {CHECKED}",
            "C: Thank you, that would be kind.",
            "A: What is your booking number?",
            "C: It is four four nine.",
            "A: And your postcode?",
            "C: It starts with a K.",
            "A: Found it.",
            "C: My mother is in a wheelchair, and last time nobody came to help her down the ramp, she was scared.",
            "A: I am sorry. I will write to the ramp crew now and meet her at the gate myself when she travels next.",
            "C: That means a lot.",
        )
    )
    assert [(moment.id, moment.turns) for moment in found] == [("m1", (0, 1)), ("m2", (8, 9))]


def test_words_of_nobody_known_enter_no_moment(finder: MomentFinder) -> None:
    (moment,) = finder.find(
        call(
            "A: Good morning.",
            f"C: {FINED}",
            "S: The agent is typing.",
            "U: Somebody should really look into that fee, it is not fair at all.",
            f"A: {CHECKED}",
            "S: Call recorded.",
            "C: Thank you.",
            "U: I would not count on it.",
            "C: I do.",
        )
    )
    assert (indices(moment.need), indices(moment.answer)) == ([1], [4])
    assert indices(moment.effect) == [6], "a notice does not part an answer from its effect, a stranger's words do"


def test_the_effect_is_all_that_the_customer_says_next(finder: MomentFinder) -> None:
    (moment,) = finder.find(call(f"C: {FINED}", f"A: {CHECKED}", "C: Oh.", "C: That is kind.", "A: Bye.", "C: Bye."))
    assert indices(moment.effect) == [2, 3]


def test_a_call_in_which_nobody_answers_holds_no_moment(finder: MomentFinder) -> None:
    assert finder.find(call(f"C: {FINED}", "C: Hello? Is anybody there?")) == ()


def test_chosen_spans_are_taken_as_they_are_in_the_order_given(finder: MomentFinder) -> None:
    said = call("A: Good morning.", f"C: {FINED}", "S: Typing.", f"A: {CHECKED}", "C: Thank you.", "A: Bye.")
    later, earlier = finder.at(said, [(4, 5), (1, 3)])
    assert [(m.id, indices(m.need), indices(m.answer)) for m in (later, earlier)] == [
        ("m1", [4], [5]),
        ("m2", [1], [3]),
    ]
    assert (indices(later.effect), indices(earlier.effect)) == ([], [4])
    assert later.salience < THRESHOLD <= earlier.salience
    assert finder.at(said, []) == ()


@pytest.mark.parametrize("span", [(2, 2), (3, 1), (90, 95)])
def test_a_span_without_words_of_agent_or_customer_is_refused(finder: MomentFinder, span: tuple[int, int]) -> None:
    said = call("A: Good morning.", f"C: {FINED}", "S: Typing.", f"A: {CHECKED}")
    with pytest.raises(ValueError, match=f"turns {span[0]} to {span[1]} "):
        finder.at(said, [(0, 1), span])


SPEAKERS: tuple[Speaker, ...] = ("agent", "customer", "system", "unknown")
said_turns = st.lists(
    st.tuples(
        st.sampled_from(SPEAKERS),
        st.sampled_from(["okay", "", "No, I can't do that.", "Is there a boat at nine?", FINED, CHECKED]),
        st.integers(1, 3),
    ),
    min_size=1,
    max_size=20,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(said_turns)
def test_moments_rise_without_overlap_and_lie_in_the_call(
    finder: MomentFinder, said: list[tuple[Speaker, str, int]]
) -> None:
    turns: list[Turn] = []
    for speaker, text, step in said:
        index = turns[-1].index + step if turns else step
        turns.append(Turn(index=index, speaker=speaker, text=text))
    transcript = Transcript(call_id="made", turns=tuple(turns))
    found = finder.find(transcript)
    assert [moment.id for moment in found] == [f"m{n}" for n in range(1, len(found) + 1)]
    assert all(before.turns[1] < after.turns[0] for before, after in pairwise(found))
    for moment in found:
        assert holds_its_own_words(moment, transcript)
        assert THRESHOLD <= moment.salience <= 1
        assert len(moment.need) + len(moment.answer) <= MAX_MOMENT_TURNS


def holds_its_own_words(moment: Moment, transcript: Transcript) -> bool:
    """Turns of the call itself, each on its speaker's side, the effect after them."""
    customer, agent = (*moment.need, *moment.effect), moment.answer
    return (
        bool(agent)
        and all(transcript.by_index[turn.index] is turn for turn in (*customer, *agent))
        and {turn.speaker for turn in customer} <= {"customer"}
        and {turn.speaker for turn in agent} == {"agent"}
        and all(turn.index > moment.turns[1] for turn in moment.effect)
    )
