from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.transcripts.reading import one, refused, said

CALLS = Path(__file__).parents[3] / "shared" / "calls"


def talk(*lines: tuple[str, str]) -> str:
    return "\n".join(["speaker,text", *(f'{speaker},"{text}"' for speaker, text in lines)])


def speakers(text: str, agent_speaker: str | None = None) -> dict[str, str]:
    rows = [line.split(",", 1)[0] for line in text.split("\n")[1:]]
    return dict(zip(rows, (speaker for speaker, _ in said(one(text, agent_speaker=agent_speaker))), strict=True))


GREETING = ("A", "Thank you for calling Tarn Outfitters, how can I help?")
COMPLAINT = ("B", "I'm calling about my order.")


def test_strong_evidence_settles_without_a_flag() -> None:
    assert speakers(talk(GREETING, COMPLAINT)) == {"A": "agent", "B": "customer"}
    assert one(talk(GREETING, COMPLAINT)).flags == ()


def test_the_customer_may_open() -> None:
    assert speakers(talk(COMPLAINT, GREETING)) == {"A": "agent", "B": "customer"}


def test_weak_evidence_settles_with_a_flag() -> None:
    text = talk(("A", "Hello."), ("B", "I need to change it."))

    assert speakers(text) == {"A": "agent", "B": "customer"}
    assert one(text).flags == ("roles_uncertain",)


def test_no_evidence_leaves_speakers_unknown() -> None:
    text = talk(("A", "Hello."), ("B", "Hello."))

    assert speakers(text) == {"A": "unknown", "B": "unknown"}
    assert one(text).flags == ("roles_uncertain",)


def test_the_second_party_is_the_other_side_of_a_known_one() -> None:
    assert speakers(talk(("Rep", "Hm."), ("Lee", "Hm."))) == {"Rep": "agent", "Lee": "customer"}
    assert speakers(talk(("Dana", "Hm."), ("Caller", "Hm."))) == {"Dana": "agent", "Caller": "customer"}


def test_a_third_person_is_a_colleague_unless_the_words_are_a_customers() -> None:
    base = [GREETING, COMPLAINT, ("A", "Let me check. Would you like me to ask my colleague?")]

    assert speakers(talk(*base, ("C", "I apologize, let me look at that for you today.")))["C"] == "agent"
    assert speakers(talk(*base, ("C", "It is my account as well, I paid for it.")))["C"] == "customer"


def test_a_third_person_of_whom_nothing_is_known_stays_unknown_and_is_flagged() -> None:
    text = talk(("Agent", "Hm."), ("Customer", "Hm."), ("Pat", "Hm."))

    assert speakers(text) == {"Agent": "agent", "Customer": "customer", "Pat": "unknown"}
    assert one(text).flags == ("roles_uncertain",)


def test_labels_against_strong_evidence_are_exchanged_and_flagged() -> None:
    text = talk(("Customer", GREETING[1]), ("Agent", COMPLAINT[1]), ("Customer", "Would you like me to check?"))

    assert speakers(text) == {"Customer": "agent", "Agent": "customer"}
    assert one(text).flags == ("roles_swapped_at_source",)


def test_labels_against_some_evidence_are_doubted_and_kept() -> None:
    text = talk(("Customer", "Would you like me to check?"), ("Agent", "I'm calling about it."))

    assert speakers(text) == {"Customer": "customer", "Agent": "agent"}
    assert one(text).flags == ("roles_uncertain",)


def test_a_customer_quoting_the_agents_formula_does_not_exchange_the_roles() -> None:
    text = talk(
        ("Agent", GREETING[1]), ("Customer", "You say how can I help you, and is there anything else I can help?")
    )

    assert one(text).flags == ()


@pytest.mark.parametrize("label", ["B", "b", " b "])
def test_the_user_names_the_agent(label: str) -> None:
    text = talk(GREETING, COMPLAINT)

    assert speakers(text, label) == {"A": "customer", "B": "agent"}
    assert one(text, agent_speaker=label).flags == ()


def test_the_user_overrules_the_labels() -> None:
    text = talk(("Agent", "Hm."), ("Customer", "Hm."), ("IVR", "Hm."))

    assert speakers(text, "customer") == {"Agent": "customer", "Customer": "agent", "IVR": "system"}


def test_the_user_overrules_the_canonical_form() -> None:
    call = {"turns": [{"speaker": "agent", "text": "a"}, {"speaker": "customer", "text": "b"}], "flags": []}

    assert said(one(call, agent_speaker="customer")) == [("customer", "a"), ("agent", "b")]


def test_an_agent_who_does_not_exist_is_refused_with_those_who_do() -> None:
    error = refused(talk(GREETING, COMPLAINT), agent_speaker="Zed")

    assert '"Zed"' in error.reason
    assert "A, B" in error.remedy


def test_an_agent_in_a_source_without_speakers_is_refused() -> None:
    assert "names no speakers" in refused({"segments": [{"text": "Hi."}]}, agent_speaker="A").reason


def test_one_speaker_alone() -> None:
    assert one(talk(GREETING)).flags == ("single_speaker",)
    assert speakers(talk(GREETING)) == {"A": "agent"}
    assert one(talk(("A", "Hm."))).flags == ("single_speaker", "roles_uncertain")


@pytest.mark.skipif(not CALLS.is_dir(), reason="the shared conversations are not beside this checkout")
def test_real_conversations_are_never_settled_the_wrong_way_without_a_flag() -> None:
    names = {"agent": "S1", "customer": "S2"}
    outcomes: Counter[str] = Counter()
    for path in sorted(CALLS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            call = json.loads(line)
            turns = [turn for turn in call["turns"] if turn["text"].strip()]
            blind = one("\n".join(f"{names.get(turn['speaker'], 'IVR')}: {turn['text']}" for turn in turns))
            named = {
                turn.speaker for turn, truth in zip(blind.turns, turns, strict=True) if truth["speaker"] == "agent"
            }
            outcomes["right" if named == {"agent"} else "unknown" if named == {"unknown"} else "wrong"] += 1
            assert "roles_swapped_at_source" not in one(json.dumps({"turns": call["turns"]})).flags

    assert outcomes["wrong"] == 0
    assert outcomes["right"] > 4 * outcomes["unknown"]
