"""Twilio, Genesys Cloud and Gong."""

from __future__ import annotations

from typing import Any

from coach.domain.transcript import Transcript
from tests.transcripts.reading import one, read_all, refused, said, times


def sentence(channel: int, position: int, text: str, start: object = None, end: object = None) -> dict[str, Any]:
    return {
        "media_channel": channel,
        "sentence_index": position,
        "transcript": text,
        "start_time": start,
        "end_time": end,
        "confidence": None,
        "words": [],
    }


def test_twilio_times_are_null_numbers_or_text() -> None:
    sentences = [
        sentence(1, 50, "How can I help?", "0.5", "1.25"),
        sentence(2, 51, "My card.", 2, 3.5),
        sentence(1, 53, "I see."),
    ]

    transcript = one({"sentences": sentences, "meta": {"key": "sentences"}})

    assert said(transcript) == [("agent", "How can I help?"), ("customer", "My card."), ("agent", "I see.")]
    assert times(transcript) == [(500, 1250), (2000, 3500), (None, None)]
    assert [turn.index for turn in transcript.turns] == [50, 51, 53]


def test_twilio_numbers_that_do_not_rise_are_replaced_by_positions() -> None:
    sentences = [sentence(1, 1, "How can I help?"), sentence(2, 1, "My card.")]

    assert [turn.index for turn in one({"sentences": sentences}).turns] == [0, 1]


def test_twilio_channels_get_the_roles_that_stand_in_the_file() -> None:
    participants = [{"channel_participant": 1, "role": "Customer"}, {"channel_participant": 2, "role": "Agent"}]
    sentences = [sentence(1, 0, "Hello?"), sentence(2, 1, "Yes.")]

    transcript = one({"sentences": sentences, "channel": {"participants": participants}})

    assert [speaker for speaker, _ in said(transcript)] == ["customer", "agent"]


def test_twilio_resources_around_the_sentences() -> None:
    assert "no sentences" in refused({"sid": "GT0", "links": {"sentences": "x"}, "status": "queued"}).reason
    assert "no text yet" in refused({"sid": "TR0", "transcription_text": None}).reason
    assert one({"sid": "TR0", "transcription_text": "THIS IS A TEST"}).flags == ("no_roles",)


def phrase(purpose: str, text: str, start: int, position: int) -> dict[str, Any]:
    return {
        "text": text.lower(),
        "decoratedText": text,
        "participantPurpose": purpose,
        "startTimeMs": start,
        "duration": {"milliseconds": 500},
        "confidence": 0.9,
        "phraseIndex": position,
    }


def genesys(base: int = 0, **more: object) -> dict[str, Any]:
    phrases = [
        phrase("internal", "Thank you for calling. Press 1 for billing.", base + 0, 0),
        phrase("internal", "How can I help you?", base + 9000, 1),
        phrase("external", "My bill is wrong.", base + 10000, 2),
    ]
    return {"conversationId": "conv-1", "mediaType": "CALL", "transcripts": [{"phrases": phrases}], **more}


def participant(purpose: str, start: int, end: int | None, **more: object) -> dict[str, Any]:
    return {"participantPurpose": purpose, "startTimeMs": start, "endTimeMs": end, **more}


def test_genesys_internal_phrases_belong_to_whoever_was_on_the_line() -> None:
    people = [
        participant("customer", 0, 20000),
        participant("ivr", 0, 5000),
        participant("acd", 5000, 9500),
        participant("agent", 8500, None, userId="u-1"),
    ]

    transcript = one(genesys(participants=people))

    assert [speaker for speaker, _ in said(transcript)] == ["system", "agent", "customer"]
    assert said(transcript)[2][1] == "My bill is wrong."
    assert times(transcript)[1] == (9000, 9500)
    assert (transcript.call_id, transcript.agent_ref, transcript.flags) == ("conv-1", "u-1", ())


def test_genesys_internal_participants_without_a_user_are_machines() -> None:
    people = [participant("internal", 0, 8000, flowId="f"), participant("internal", 8000, 20000, userId="u-1")]

    assert [speaker for speaker, _ in said(one(genesys(participants=people)))] == ["system", "agent", "customer"]


def test_genesys_without_participants_is_flagged() -> None:
    transcript = one(genesys())

    assert [speaker for speaker, _ in said(transcript)] == ["system", "agent", "customer"]
    assert transcript.flags == ("roles_uncertain",)


def test_genesys_wall_clock_times_become_offsets_only_where_the_start_is_known() -> None:
    start = 1_770_000_000_000

    assert [turn.start_ms for turn in one(genesys(start, startTime=start)).turns] == [0, 9000, 10000]
    assert [turn.start_ms for turn in one(genesys(start)).turns] == [None, None, None]


def monologue(speaker: str, *sentences: str) -> dict[str, Any]:
    spoken = [{"start": n * 1000, "end": n * 1000 + 900, "text": text} for n, text in enumerate(sentences)]
    return {"speakerId": speaker, "topic": "Call Setup", "sentences": spoken}


def test_gong_joins_the_parties_of_every_call() -> None:
    export = {
        "callTranscripts": [
            {"callId": "77", "transcript": [monologue("1", "Hello.", "One moment."), monologue("2", "Sure.")]},
            {"callId": "78", "transcript": [monologue("1", "How can I help?"), monologue("2", "My order.")]},
            {"callId": "79", "transcript": []},
        ],
        "calls": [
            {
                "metaData": {"id": "77"},
                "parties": [
                    {"speakerId": "1", "name": "Lee", "affiliation": "External"},
                    {"speakerId": "2", "name": "Dana", "affiliation": "Internal"},
                ],
            }
        ],
    }

    first, second, third = read_all(export)

    assert isinstance(first, Transcript)
    assert said(first) == [("customer", "Hello. One moment."), ("agent", "Sure.")]
    assert times(first)[0] == (0, 1900)
    assert isinstance(second, Transcript)
    assert said(second) == [("agent", "How can I help?"), ("customer", "My order.")]
    assert (first.call_id, second.call_id) == ("77", "78")
    assert not isinstance(third, Transcript)
    assert third.place == "callTranscripts[2]"
