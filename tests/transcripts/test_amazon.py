from __future__ import annotations

from typing import Any

from tests.transcripts.reading import one, refused, said, times


def call_analytics() -> dict[str, Any]:
    return {
        "JobName": "job-1",
        "LanguageCode": "en-US",
        "Channel": "VOICE",
        "Participants": [{"ParticipantRole": "AGENT"}, {"ParticipantRole": "CUSTOMER"}],
        "ConversationCharacteristics": {"TotalConversationDurationMillis": 9000},
        "Transcript": [
            {
                "ParticipantRole": "AGENT",
                "Content": "How can I help?",
                "BeginOffsetMillis": 40,
                "EndOffsetMillis": 900,
                "Items": [
                    {"Type": "pronunciation", "Confidence": "0.5"},
                    {"Confidence": 1.0},
                    {"Type": "punctuation", "Confidence": "0.0"},
                ],
            },
            {"ParticipantRole": "CUSTOMER", "Content": "My card.", "BeginOffsetMillis": 950, "EndOffsetMillis": 1500},
        ],
    }


def test_call_analytics_counts_in_milliseconds() -> None:
    transcript = one(call_analytics())

    assert said(transcript) == [("agent", "How can I help?"), ("customer", "My card.")]
    assert times(transcript) == [(40, 900), (950, 1500)]
    assert transcript.turns[0].asr_confidence == 0.75
    assert (transcript.call_id, transcript.language, transcript.channel) == ("job-1", "en-US", "voice")


def contact_lens() -> dict[str, Any]:
    return {
        "Channel": "CHAT",
        "CustomerMetadata": {"ContactId": "contact-9"},
        "Participants": [
            {"ParticipantId": "p1", "ParticipantRole": "CUSTOMER"},
            {"ParticipantId": "p2", "ParticipantRole": "AGENT"},
            {"ParticipantId": "p3", "ParticipantRole": "SYSTEM"},
            {"ParticipantId": "p4", "ParticipantRole": "CUSTOM_BOT"},
        ],
        "Transcript": [
            {"ParticipantId": "p1", "Type": "EVENT", "AbsoluteTime": "2026-03-01T10:00:00.000Z"},
            {"ParticipantId": "p3", "Content": "How can I help? You are in a queue.", "Type": "MESSAGE"},
            {"ParticipantId": "p4", "Content": "Anything else I can help you with?", "Type": "MESSAGE"},
            {"ParticipantId": "p2", "Content": "Hello.", "AbsoluteTime": "2026-03-01T10:00:02.500Z"},
            {"ParticipantId": "p1", "Content": "My seeds.", "AbsoluteTime": "2026-03-01T10:00:04.000Z"},
            {"Type": "EVENT", "AbsoluteTime": "2026-03-01T10:01:00.000Z"},
        ],
    }


def test_contact_lens_joins_participants_to_roles() -> None:
    transcript = one(contact_lens())

    assert [speaker for speaker, _ in said(transcript)] == ["system", "system", "agent", "customer"]
    assert [turn.start_ms for turn in transcript.turns] == [None, None, 2500, 4000]
    assert transcript.call_id == "contact-9"
    assert transcript.started_at == "2026-03-01T10:00:00+00:00"
    assert transcript.flags == ()


def test_contact_lens_without_the_ids_of_some_turns() -> None:
    call = contact_lens()
    call["Transcript"].append({"Content": "Who is this?"})

    transcript = one(call)

    assert said(transcript)[-1] == ("unknown", "Who is this?")
    assert transcript.flags == ("roles_uncertain",)


def test_contact_lens_without_the_list_of_participants() -> None:
    turns = [{"ParticipantId": "AGENT", "Content": "Hello."}, {"ParticipantId": "CUSTOMER", "Content": "Hi."}]

    assert [speaker for speaker, _ in said(one({"Transcript": turns}))] == ["agent", "customer"]


def test_contact_lens_with_a_comment_in_it_is_not_json() -> None:
    error = refused('{\n  "Transcript": [] // if you chose otherwise\n}')

    assert "line 2" in error.reason


def pca(first: str, second: str) -> dict[str, Any]:
    lines = [
        ("spk_0", "Mm."),
        ("spk_1", "Thank you for calling Birchline Support, how can I help you?"),
        ("spk_0", "I'm calling about my router."),
        ("spk_1", "Would you like me to email you the guide?"),
    ]
    return {
        "ConversationAnalytics": {
            "GUID": "None",
            "Agent": "None",
            "LanguageCode": "en-US",
            "SpeakerLabels": [
                {"Speaker": "spk_0", "DisplayText": first},
                {"Speaker": "spk_1", "DisplayText": second},
            ],
        },
        "SpeechSegments": [
            {
                "SegmentStartTime": 0.0,
                "SegmentEndTime": 0.5,
                "SegmentSpeaker": "spk_1",
                "DisplayText": "Thank you for calling. Press one.",
                "IVRSegment": True,
            },
            *(
                {"SegmentStartTime": n + 1.5, "SegmentEndTime": n + 2, "SegmentSpeaker": who, "DisplayText": what}
                for n, (who, what) in enumerate(lines)
            ),
        ],
    }


def test_pca_skips_the_ivr_and_counts_in_seconds() -> None:
    transcript = one(pca("Customer", "Agent"))

    assert [speaker for speaker, _ in said(transcript)] == ["system", "customer", "agent", "customer", "agent"]
    assert times(transcript)[1] == (1500, 2000)
    assert (transcript.call_id, transcript.agent_ref) == ("sample", None)
    assert transcript.flags == ()


def test_pca_labels_the_wrong_way_round_are_exchanged_and_flagged() -> None:
    transcript = one(pca("Agent", "Customer"))

    assert [speaker for speaker, _ in said(transcript)] == ["system", "customer", "agent", "customer", "agent"]
    assert transcript.flags == ("roles_swapped_at_source",)


def item(text: str, start: str | None = None, **more: str) -> dict[str, Any]:
    word: dict[str, Any] = {"alternatives": [{"confidence": "0.9", "content": text}], **more}
    if start is None:
        return {**word, "type": "punctuation"}
    return {**word, "type": "pronunciation", "start_time": start, "end_time": f"{float(start) + 0.5:.2f}"}


def transcribe(items: list[dict[str, Any]], **results: object) -> dict[str, Any]:
    return {"jobName": "job-2", "status": "COMPLETED", "results": {"transcripts": [], "items": items, **results}}


def test_transcribe_joins_words_and_marks_by_segment() -> None:
    items = [
        item("How", "0.0"), item("can", "0.5"), item("I", "1.0"), item("help", "1.5"), item("?"),
        item("My", "2.5"), item("card", "3.0"), item("."),
    ]  # fmt: skip
    segments = [
        {"speaker_label": "spk_0", "items": [{"start_time": start} for start in ("0.0", "0.5", "1.0", "1.5")]},
        {"speaker_label": "spk_1", "items": [{"start_time": "2.5", "speaker_label": "spk_1"}, {"start_time": "3.0"}]},
    ]

    transcript = one(transcribe(items, speaker_labels={"segments": segments}))

    assert said(transcript) == [("agent", "How can I help?"), ("customer", "My card.")]
    assert times(transcript) == [(0, 2000), (2500, 3500)]
    assert transcript.turns[0].asr_confidence == 0.9
    assert transcript.call_id == "job-2"


def test_transcribe_with_speakers_on_the_items() -> None:
    items = [
        item("Hello", "0.0", speaker_label="spk_1"),
        item("."),
        item("Yes", "1.0", speaker_label="spk_0"),
    ]

    transcript = one(transcribe(items))

    assert said(transcript) == [("unknown", "Hello."), ("unknown", "Yes")]
    assert transcript.flags == ("roles_uncertain",)


def test_transcribe_channels_are_not_shredded_where_people_talk_at_once() -> None:
    one_side = [
        item("How", "0.0"),
        item("can", "0.6"),
        item("I", "1.2"),
        item("help", "1.8"),
        item("?"),
        item("Ok", "9.0"),
    ]
    other = [item("Hi", "1.0"), item("."), item("My", "4.0"), item("card", "4.5")]
    channels = [
        {"channel_label": "ch_0", "items": one_side},
        {"channel_label": "ch_1", "items": other},
    ]

    transcript = one(transcribe(one_side + other, channel_labels={"channels": channels, "number_of_channels": 2}))

    assert said(transcript) == [
        ("agent", "How can I help?"),
        ("customer", "Hi."),
        ("customer", "My card"),
        ("agent", "Ok"),
    ]


def test_bedrock_audio_segments() -> None:
    segment = {"type": "TRANSCRIPT", "speaker": {"speaker_label": "spk_1"}, "channel": {"channel_label": "ch_1"}}
    call = {
        "metadata": {"semantic_modality": "AUDIO", "dominant_asset_language": "EN"},
        "audio_segments": [
            {**segment, "text": "How can I help you?", "start_timestamp_millis": 1620, "end_timestamp_millis": 5840},
            {**segment, "text": "I lost my card.", "speaker": {"speaker_label": "spk_0"}},
        ],
    }

    transcript = one(call)

    assert said(transcript) == [("agent", "How can I help you?"), ("customer", "I lost my card.")]
    assert times(transcript) == [(1620, 5840), (None, None)]
    assert transcript.language == "en"
