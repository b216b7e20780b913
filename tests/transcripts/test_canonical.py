from __future__ import annotations

import pytest

from coach.domain.transcript import Transcript
from coach.errors import TranscriptError
from tests.transcripts.reading import one, read_all, refused, said, times

AGENT = {"speaker": "agent", "text": "How can I help?"}
CUSTOMER = {"speaker": "customer", "text": "My parcel is lost."}


def test_everything_of_the_contract_is_carried_through() -> None:
    call = {
        "call_id": "c-7",
        "turns": [
            {**AGENT, "index": 0, "start_ms": 120, "end_ms": 900, "asr_confidence": 0.8},
            {"speaker": "system", "text": "Recording starts.", "index": 3},
            {**CUSTOMER, "index": 4, "start_s": 1.25, "end_s": 2},
        ],
        "channel": "voice",
        "language": "en",
        "started_at": "2026-01-02T03:04:05Z",
        "agent_ref": "a-1",
        "team": "blue",
        "kpis": {"aht_s": 340, "fcr": True},
        "metadata": {"queue": {"name": "returns"}},
    }

    transcript = one(call)

    assert transcript.call_id == "c-7"
    assert [turn.index for turn in transcript.turns] == [0, 3, 4]
    assert times(transcript) == [(120, 900), (None, None), (1250, 2000)]
    assert transcript.turns[0].asr_confidence == 0.8
    assert (transcript.agent_ref, transcript.team, transcript.started_at) == ("a-1", "blue", "2026-01-02T03:04:05Z")
    assert transcript.kpis == {"aht_s": 340, "fcr": True}
    assert transcript.metadata == {"queue": {"name": "returns"}}
    assert transcript.flags == ()


def test_missing_index_is_the_position() -> None:
    assert [turn.index for turn in one({"turns": [AGENT, CUSTOMER, AGENT]}).turns] == [0, 1, 2]


def test_a_turn_without_words_leaves_the_other_numbers_alone() -> None:
    transcript = one({"turns": [AGENT, {"speaker": "customer", "text": "  "}, CUSTOMER]})

    assert [turn.index for turn in transcript.turns] == [0, 2]


@pytest.mark.parametrize(
    ("turn", "place", "word"),
    [
        ({"text": "hi"}, "turns[1].speaker", "missing"),
        ({"speaker": "Agent", "text": "hi"}, "turns[1].speaker", "'agent', 'customer', 'system' or 'unknown'"),
        ({"speaker": "agent", "text": 5}, "turns[1].text", "must be text"),
        ({"speaker": "agent", "text": "hi", "start_s": "0:12"}, "turns[1].start_s", "number"),
        ({"speaker": "agent", "text": "hi", "speeker": 1}, "turns[1].speeker", "not a known key"),
        ({"speaker": "agent", "text": "hi", "index": 0}, "turns[1].index", "1 follows"),
        ({"speaker": "agent", "text": "hi", "index": -1}, "turns[1].index", "from 0"),
        ({"speaker": "agent", "text": "hi", "start_s": 1, "start_ms": 1000}, "turns[1].start_s", "both"),
        ("hi", "turns[1]", "must be an object"),
        ({"speaker": "agent", "text": "hi", "start_ms": -5}, "turns[1].start_ms", "not a time"),
        ({"speaker": "agent", "text": "hi", "end_s": 10**9}, "turns[1].end_s", "not a time"),
        ({"speaker": "agent", "text": "hi", "start_s": float("nan")}, "turns[1].start_s", "not a time"),
        ({"speaker": "agent", "text": "hi", "start_ms": 900, "end_ms": 100}, "turns[1]", "ends before it starts"),
        ({"speaker": "agent", "text": "hi", "asr_confidence": 7}, "turns[1].asr_confidence", "from 0 to 1"),
        ({"speaker": "agent", "text": "hi", "asr_confidence": -0.1}, "turns[1].asr_confidence", "from 0 to 1"),
    ],
)
def test_an_error_names_turn_and_key(turn: object, place: str, word: str) -> None:
    if place == "turns[1].index" and word == "1 follows":
        word = "0 follows 0"

    error = refused({"turns": [AGENT, turn]})

    assert error.place == place
    assert word in str(error)


def test_an_error_at_the_top_names_the_key() -> None:
    error = refused({"turns": [AGENT], "lang": "en"})

    assert error.place == "lang"
    assert "language" in error.remedy


@pytest.mark.parametrize("value", [True, [1], {"a": 1}])
@pytest.mark.parametrize(
    "key", ["speaker", "text", "index", "start_ms", "end_ms", "start_s", "end_s", "asr_confidence"]
)
def test_a_value_of_the_wrong_type_is_refused_in_plain_words(key: str, value: object) -> None:
    error = refused({"turns": [{**AGENT, key: value}]})

    assert error.place == f"turns[0].{key}"
    assert error.reason.startswith("must be ")


def test_a_list_holds_one_call_an_item() -> None:
    calls = [{"call_id": "a", "turns": [AGENT]}, {"turns": [CUSTOMER]}, {"nothing": 1}, {"turns": []}]

    first, second, third, fourth = read_all(calls)

    assert isinstance(first, Transcript)
    assert first.call_id == "a"
    assert isinstance(second, Transcript)
    assert second.call_id == "sample-2"
    assert isinstance(third, TranscriptError)
    assert third.place == "item 3"
    assert isinstance(fourth, TranscriptError)
    assert (fourth.place, fourth.reason) == ("item 4", "holds no turns with words")


def test_speakers_that_are_all_unknown_are_flagged() -> None:
    assert one({"turns": [{"speaker": "unknown", "text": "hello"}]}).flags == ("no_roles",)


def test_one_party_alone_is_flagged() -> None:
    assert one({"turns": [AGENT, AGENT]}).flags == ("single_speaker",)


def test_flags_settled_earlier_are_kept() -> None:
    assert one({"turns": [AGENT, CUSTOMER], "flags": ["roles_uncertain"]}).flags == ("roles_uncertain",)


def test_roles_that_the_words_contradict_are_doubted_and_not_exchanged() -> None:
    turns = [
        {"speaker": "customer", "text": "Thank you for calling Tarn Outfitters, how can I help you?"},
        {"speaker": "agent", "text": "I'm calling about my order, I never received it."},
    ]

    transcript = one({"turns": turns})

    assert said(transcript)[0][0] == "customer"
    assert transcript.flags == ("roles_uncertain",)


def test_control_characters_do_not_reach_the_turn() -> None:
    assert one({"turns": [{"speaker": "agent", "text": "\u001b[31mred\u0000"}]}).turns[0].text == "[31mred"
