"""Whole calls: placeholders stay the same across turns, metadata is masked too, size is no problem."""

from __future__ import annotations

import re
from typing import Any

import pytest

from coach.domain.transcript import Transcript, Turn
from coach.transcripts.masking import mask


def _call(text: str, **fields: Any) -> Transcript:
    """A call from lines such as `agent: Hello.`"""
    parts = [line.strip().partition(": ") for line in text.strip().splitlines()]
    turns = [{"index": 2 * n, "speaker": who, "text": said} for n, (who, _, said) in enumerate(parts)]
    return Transcript.model_validate({"call_id": "c", "turns": turns, **fields})


def _lines(transcript: Transcript) -> list[str]:
    return [f"{turn.speaker}: {turn.text}" for turn in transcript.turns]


def test_placeholders_are_stable_across_a_call() -> None:
    call = _call(
        """
        agent: Thank you for calling HarborCare, this is Dana speaking. Who am I speaking with?
        customer: Hi Dana, it's Rosa Delgado. I was billed 240 dollars for a visit on March 5th.
        agent: I'm sorry about that, Ms. Delgado. What's the best number to call you back on?
        customer: It's 415-555-0142.
        agent: Four one five, five five five, oh one four two. And the email on file?
        customer: rosa dot delgado at example dot com
        agent: rosa.delgado@example.com, thank you. Which card was charged?
        customer: The one ending in 1881. Do you need all of it? four oh one two
        agent: Four oh one two, yes.
        customer: eight eight eight eight, eight eight double eight
        agent: Mhm.
        customer: one eight eight one
        agent: Got it, the card ending in 1881. Anything else, Rosa?
        customer: No. If I don't hear by 5:30 on Friday I'll call 415-555-0142 from another phone, ha.
        """
    )
    masked = mask(call)
    assert _lines(masked.transcript) == [
        "agent: Thank you for calling HarborCare, this is <NAME_1> speaking. Who am I speaking with?",
        "customer: Hi <NAME_1>, it's <NAME_2>. I was billed 240 dollars for a visit on March 5th.",
        "agent: I'm sorry about that, Ms. <NAME_2>. What's the best number to call you back on?",
        "customer: It's <PHONE_1>.",
        "agent: <PHONE_1>. And the email on file?",
        "customer: <EMAIL_1>",
        "agent: <EMAIL_1>, thank you. Which card was charged?",
        "customer: The one ending in <CARD_1>. Do you need all of it? <CARD_1>",
        "agent: <CARD_1>, yes.",
        "customer: <CARD_1>",
        "agent: Mhm.",
        "customer: <CARD_1>",
        "agent: Got it, the card ending in <CARD_1>. Anything else, <NAME_2>?",
        "customer: No. If I don't hear by 5:30 on Friday I'll call <PHONE_1> from another phone, ha.",
    ]
    assert masked.counts == {"CARD": 1, "EMAIL": 1, "NAME": 2, "PHONE": 1}
    assert [turn.index for turn in masked.transcript.turns] == [turn.index for turn in call.turns]


def test_everything_but_text_is_kept() -> None:
    turn = Turn(index=7, speaker="customer", text="I'm on 415-555-0142", start_ms=10, end_ms=20, asr_confidence=0.5)
    call = Transcript(
        call_id="c", turns=(turn,), team="blue", kpis={"aht": 61}, flags=("single_speaker",), agent_ref="agent-0417"
    )
    masked = mask(call).transcript
    assert masked == call.model_copy(update={"turns": (turn.model_copy(update={"text": "I'm on <PHONE_1>"}),)})


def test_metadata_is_masked_at_any_depth_and_its_keys_tell_what_a_value_is() -> None:
    call = _call(
        "customer: Write to jane.doe@example.com.",
        metadata={
            "customer_phone": "4155550142",
            "caller": {"fullName": "Jane Doe", "notes": ["card 4111 1111 1111 1111", 5, None]},
            "to": "Jane.Doe@example.com",
            "queue_name": "returns",
            "source": "github:someone/calls@0eaa8c5 data/010eaccb7a23436f.json",
            "call_guid": "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
            "duration": 415,
            "orderId": "3348917502",
            "started": "2026-11-21T10:15:30Z",
        },
    )
    masked = mask(call)
    assert masked.transcript.metadata == call.metadata | {
        "customer_phone": "<PHONE_1>",
        "caller": {"fullName": "<NAME_1>", "notes": ["card <CARD_1>", 5, None]},
        "to": "<EMAIL_1>",
    }
    assert masked.counts == {"CARD": 1, "EMAIL": 1, "NAME": 1, "PHONE": 1}


@pytest.mark.parametrize(
    "metadata",
    [
        {"customer_name": "Jane Doe"},
        {"displayName": "jane"},
        {"agent": {"name": "J. Doe"}},
        {"riders": [{"name": "Jane"}]},
    ],
)
def test_metadata_under_a_persons_name_is_masked(metadata: dict[str, Any]) -> None:
    masked = mask(_call("customer: Hello.", metadata=metadata))
    assert masked.counts == {"NAME": 1}
    assert not re.search("oe|ane", str(masked.transcript.metadata))


def test_metadata_under_other_names_stays() -> None:
    metadata = {"queue_name": "Returns Team", "product_name": "Red Boots", "name": "evening import"}
    assert mask(_call("customer: Hello.", metadata=metadata)).transcript.metadata == metadata


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("agent-0417", "agent-0417"),
        ("9f3c2a7e-1b5d", "9f3c2a7e-1b5d"),
        ("dana.reyes@example.com", "<EMAIL_1>"),
        ("+44 20 7946 0958", "<PHONE_1>"),
        (None, None),
    ],
)
def test_agent_ref_is_opaque_unless_it_reaches_a_person(reference: str | None, expected: str | None) -> None:
    assert mask(_call("agent: Hello.", agent_ref=reference)).transcript.agent_ref == expected


def test_numbering_goes_on_after_placeholders_already_there() -> None:
    call = _call(
        """
        agent: I see <CARD_3> and [NAME] on file, {{phone}} too.
        customer: My other card is 4111 1111 1111 1111.
        """
    )
    assert _lines(mask(call).transcript) == [
        "agent: I see <CARD_3> and [NAME] on file, {{phone}} too.",
        "customer: My other card is <CARD_4>.",
    ]


def test_the_language_region_tells_how_national_phone_numbers_are_read() -> None:
    text = "customer: Rufen Sie mich an: 030 901820-00 oder +49 30 90182000."
    assert _lines(mask(_call(text, language="de-DE")).transcript) == [
        "customer: Rufen Sie mich an: <PHONE_1> oder <PHONE_1>."
    ]


def test_digits_of_other_scripts_are_digits() -> None:
    assert _lines(mask(_call("customer: ٤١١١ ١١١١ ١١١١ ١١١١ is mine")).transcript) == ["customer: <CARD_1> is mine"]


_FILLERS = (
    "four ",
    "a1 ",
    "S ",
    "aaaa",
    "4111",
    "4-",
    "dot at ",
    "my name is ",
    "[x ",
    "12 oak ",
    "a@",
    "12 oak st ",
    "card exp 1 ",
    "plate A1B2 ",
    "12 rue de ",
    "Aa str",
    "a (at) ",
    "a(dot)",
    "my password is ",
    "<ADDRESS_1> ab 1 ",
)


@pytest.mark.parametrize("filler", _FILLERS)
def test_time_stays_linear_on_text_made_to_slow_patterns_down(filler: str) -> None:
    # quadratic work takes minutes at this size
    text = (filler * (100_000 // len(filler))) + ". Then write to jane.doe@example.com"
    masked = mask(Transcript(call_id="c", turns=(Turn(index=0, speaker="customer", text=text),)))
    assert masked.transcript.turns[0].text.endswith("write to <EMAIL_1>")


def test_a_turn_of_a_megabyte_is_masked_to_its_end() -> None:
    sentence = "I waited for forty minutes and the driver, number 12, went the wrong way twice. "
    text = sentence * (1_000_000 // len(sentence)) + "Then write to jane.doe@example.com"
    masked = mask(Transcript(call_id="c", turns=(Turn(index=0, speaker="customer", text=text),)))
    assert masked.transcript.turns[0].text == text.replace("jane.doe@example.com", "<EMAIL_1>")
