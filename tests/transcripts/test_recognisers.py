"""Deepgram, AssemblyAI, Whisper and WhisperX."""

from __future__ import annotations

from typing import Any

from tests.transcripts.reading import one, refused, said, times


def dg_word(word: str, start: float, speaker: int | None = None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "word": word.lower().strip(".?"),
        "punctuated_word": word,
        "start": start,
        "end": start + 0.4,
    }
    return entry if speaker is None else {**entry, "speaker": speaker}


def deepgram(*channels: list[dict[str, Any]], **results: object) -> dict[str, Any]:
    heard = [{"alternatives": [{"transcript": "x", "confidence": 0.9, "words": words}]} for words in channels]
    return {"metadata": {"request_id": "r"}, "results": {"channels": heard, **results}}


QUESTION = [dg_word("How", 0.0, 0), dg_word("can", 0.5, 0), dg_word("I", 1.0, 0), dg_word("help?", 1.5, 0)]


def test_deepgram_utterances() -> None:
    utterances = [
        {"start": 0.08, "end": 1.2, "confidence": 0.97, "channel": 0, "transcript": "How can I help?", "speaker": 0},
        {"start": 1.3, "end": 2.0, "confidence": 0.9, "channel": 0, "transcript": "My card.", "speaker": 1},
    ]

    transcript = one(deepgram([], utterances=utterances))

    assert said(transcript) == [("agent", "How can I help?"), ("customer", "My card.")]
    assert times(transcript) == [(80, 1200), (1300, 2000)]
    assert transcript.turns[0].asr_confidence == 0.97


def test_deepgram_words_where_utterances_are_absent() -> None:
    transcript = one(deepgram([*QUESTION, dg_word("My", 2.0, 1), dg_word("card.", 2.5, 1)]))

    assert said(transcript) == [("agent", "How can I help?"), ("customer", "My card.")]
    assert times(transcript) == [(0, 1900), (2000, 2900)]


def test_deepgram_one_channel_a_party() -> None:
    spoken = [{key: value for key, value in word.items() if key != "speaker"} for word in QUESTION]

    transcript = one(deepgram(spoken, [dg_word("My", 1.2), dg_word("card.", 1.7)]))

    assert said(transcript) == [("agent", "How can I help?"), ("customer", "My card.")]


def test_deepgram_without_speakers() -> None:
    assert one(deepgram([dg_word("Hello", 0.0)])).flags == ("no_roles",)


def assemblyai(**more: object) -> dict[str, Any]:
    return {"id": "t", "status": "completed", "audio_url": "a", "language_code": "en", "words": [], "text": "x", **more}


def test_assemblyai_utterances_count_in_milliseconds() -> None:
    utterances = [
        {"speaker": "A", "text": "How can I help?", "start": 170, "end": 2514, "confidence": 0.95, "words": []},
        {"speaker": "B", "text": "My card.", "start": 2600, "end": 3000, "confidence": 0.9, "words": []},
    ]

    transcript = one(assemblyai(utterances=utterances))

    assert said(transcript) == [("agent", "How can I help?"), ("customer", "My card.")]
    assert times(transcript) == [(170, 2514), (2600, 3000)]


def test_assemblyai_null_utterances() -> None:
    words = [
        {"text": "Hello.", "start": 10, "end": 20, "confidence": 0.9, "speaker": "A"},
        {"text": "Hi.", "start": 30, "end": 40, "confidence": 0.9, "speaker": "B"},
    ]

    assert said(one(assemblyai(utterances=None, words=words))) == [("unknown", "Hello."), ("unknown", "Hi.")]
    assert one(assemblyai(utterances=None, words=None)).flags == ("no_roles",)


def test_assemblyai_that_is_not_finished() -> None:
    assert "queued" in refused(assemblyai(utterances=None, status="queued")).reason


def test_whisper_has_no_speakers() -> None:
    call = {
        "text": " Hello. Hi.",
        "language": "en",
        "segments": [
            {"id": 0, "start": 0.0, "end": 1.5, "text": " Hello.", "avg_logprob": -0.2, "no_speech_prob": 0.1},
            {"id": 1, "start": 1.5, "end": 2.25, "text": " Hi.", "confidence": 0.8, "words": []},
        ],
    }

    transcript = one(call)

    assert said(transcript) == [("unknown", "Hello."), ("unknown", "Hi.")]
    assert times(transcript) == [(0, 1500), (1500, 2250)]
    assert [turn.asr_confidence for turn in transcript.turns] == [None, 0.8]
    assert transcript.flags == ("no_roles",)


def test_whisperx_numerals_without_times_and_speaker() -> None:
    words = [
        {"word": "12", "score": 0.5},
        {"word": "How", "start": 0.5, "end": 0.8, "speaker": "SPEAKER_01"},
        {"word": "can", "start": 0.9, "end": 1.0, "speaker": "SPEAKER_01"},
        {"word": "I", "start": 1.1, "end": 1.2, "speaker": "SPEAKER_01"},
        {"word": "help?", "start": 1.3, "end": 1.6, "speaker": "SPEAKER_01"},
        {"word": "My", "start": 2.0, "end": 2.2, "speaker": "SPEAKER_00"},
        {"word": "card", "start": 2.3, "end": 2.5, "speaker": "SPEAKER_00"},
        {"word": "4111"},
    ]
    call = {"segments": [{"start": 0.1, "end": 3.0, "text": "x", "words": words, "speaker": "SPEAKER_01"}]}

    transcript = one(call)

    assert said(transcript) == [("agent", "12 How can I help?"), ("customer", "My card 4111")]
    assert times(transcript) == [(500, 1600), (2000, 2500)]


def test_whisperx_segments_of_one_speaker_keep_their_text_and_times() -> None:
    words = [{"word": "Hi", "speaker": "SPEAKER_00", "start": 0.2, "end": 0.4}, {"word": "5"}]
    call = {"segments": [{"start": 0.1, "end": 0.9, "text": " Hi 5.", "words": words}], "word_segments": words}

    transcript = one(call)

    assert said(transcript) == [("unknown", "Hi 5.")]
    assert times(transcript) == [(100, 900)]


def test_whisperx_diarisation_alone_has_no_words() -> None:
    error = refused([{"label": "0", "speaker": "SPEAKER_00", "start": 2.86, "end": 4.84}])

    assert "no words" in error.reason
