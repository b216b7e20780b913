"""What the word lists hear in sentences that nobody wrote them for, and what they leave alone."""

from __future__ import annotations

import pytest

from coach.judging.cues import Cues, hits


@pytest.mark.parametrize(
    "said",
    [
        "I'm going to make an exception for you today.",
        "Strictly speaking this is past the date, but here you go.",
        "I'm not really supposed to do this.",
        "Let's skip the script and talk.",
        "Never mind the checklist, tell me what happened.",
        "I'll waive the whole fee.",
        "Normally we would ask for the box.",
    ],
)
def test_leaving_the_process_is_heard(cues: Cues, said: str) -> None:
    assert hits(cues.broke, said) > hits(cues.followed, said)


@pytest.mark.parametrize(
    "said",
    [
        "Our policy gives you thirty days.",
        "I have to read this part out to everybody.",
        "According to the terms, the crossing was yours to catch.",
        "I'm not allowed to open that.",
        "We don't make exceptions, for anyone.",
        "That's just how it works here.",
    ],
)
def test_keeping_to_the_process_is_heard(cues: Cues, said: str) -> None:
    assert hits(cues.followed, said) > hits(cues.broke, said)


@pytest.mark.parametrize(
    "said",
    [
        "You have been exceptionally patient with me.",
        "It normally takes two days to arrive.",
        "Could you read me your policy number?",
        "She wrote a lovely script for the school play.",
        "The boat leaves at nine and the queue is short.",
        "Take your time, I am in no hurry.",
    ],
)
def test_the_process_is_not_heard_where_nobody_speaks_of_it(cues: Cues, said: str) -> None:
    assert (hits(cues.broke, said), hits(cues.followed, said)) == (0, 0)


@pytest.mark.parametrize(
    "said",
    [
        "I'm afraid the system is down this morning.",
        "The website won't take my card.",
        "That's a known bug, they are on it.",
        "Those reminder letters go out automatically.",
        "The invoice was sent by mistake.",
        "Nobody can override it from this desk.",
        "Your app keeps logging me out.",
    ],
)
def test_a_system_at_fault_is_heard_from_either_side(cues: Cues, said: str) -> None:
    assert hits(cues.system, said)


@pytest.mark.parametrize(
    "said",
    [
        "The app is on the first page of your phone.",
        "I'll check the system for you now.",
        "Our website shows the opening times.",
        "You dialled the wrong number by mistake.",
        "I walk down to the harbour every night.",
        "The letter is on my kitchen table.",
        "We run a tight ship here.",
    ],
)
def test_a_system_that_is_only_mentioned_is_not_at_fault(cues: Cues, said: str) -> None:
    assert hits(cues.system, said) == 0


@pytest.mark.parametrize("said", ["THE SYSTEM IS DOWN", "The System Is Down", "so the system is down, again"])
def test_case_and_surroundings_do_not_matter(cues: Cues, said: str) -> None:
    assert hits(cues.system, said) == hits(cues.system, "the system is down")


def test_a_pattern_counts_once_however_often_it_occurs(cues: Cues) -> None:
    once = hits(cues.followed, "our policy")
    assert hits(cues.followed, "our policy, our policy and once more our policy") == once == 1
