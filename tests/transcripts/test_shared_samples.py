"""Vendors' real samples, where they lie beside this checkout."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from coach.domain.transcript import Transcript
from coach.transcripts import read_calls

SHARED = Path(__file__).parents[3] / "shared"
FORMATS = SHARED / "formats"

pytestmark = pytest.mark.skipif(not FORMATS.is_dir(), reason="the shared samples are not beside this checkout")

READABLE = {
    "amazon_bedrock_data_automation_audio.json": (51, {"agent": 23, "customer": 28}, ()),
    "amazon_transcribe_call_analytics.json": (37, {"agent": 19, "customer": 18}, ()),
    "assemblyai_no_speakers.json": (1, {"unknown": 1}, ("single_speaker", "roles_uncertain")),
    "assemblyai_utterances.json": (1, {"unknown": 1}, ("single_speaker", "roles_uncertain")),
    "aws_pca_parsed_output.json": (12, {"agent": 6, "customer": 6}, ("roles_swapped_at_source",)),
    "contact_lens_call.json": (10, {"agent": 5, "customer": 5}, ()),
    "contact_lens_chat.json": (31, {"system": 3, "agent": 15, "customer": 13}, ()),
    "contact_lens_chat_redacted.json": (31, {"system": 3, "agent": 14, "customer": 14}, ()),
    "deepgram_diarized.json": (22, {"unknown": 22}, ("roles_uncertain",)),
    "deepgram_utterances.json": (6, {"unknown": 6}, ("no_roles",)),
    "deepgram_whisper.json": (1, {"unknown": 1}, ("no_roles",)),
    "srt_simple.srt": (5, {"unknown": 5}, ("no_roles",)),
    "srt_whisper.srt": (1, {"unknown": 1}, ("no_roles",)),
    "twilio_intelligence_sentences.json": (1, {"unknown": 1}, ("single_speaker", "roles_uncertain")),
    "twilio_recording_transcription_legacy.json": (1, {"unknown": 1}, ("no_roles",)),
    "webvtt_bom.vtt": (4, {"unknown": 4}, ("no_roles",)),
    "webvtt_broken.vtt": (7, {"unknown": 7}, ("no_roles",)),
    "webvtt_karaoke_tags.vtt": (3, {"unknown": 3}, ("no_roles",)),
    "whisper_timestamped.json": (4, {"unknown": 4}, ("no_roles",)),
    "whisperx_aligned.json": (1, {"unknown": 1}, ("no_roles",)),
}
REFUSED = {
    "SOURCES.md": "no speakers found",
    "contact_lens_call_redacted.INVALID.json": "not valid JSON",
    "twilio_intelligence_transcript.json": "no sentences",
    "whisperx_diarization_segments.json": "no words",
}


@pytest.mark.parametrize("name", READABLE)
def test_samples_are_read(name: str) -> None:
    (item,) = read_calls((FORMATS / name).read_bytes(), name)

    assert isinstance(item, Transcript), str(item)
    assert (len(item.turns), dict(Counter(turn.speaker for turn in item.turns)), item.flags) == READABLE[name]


@pytest.mark.parametrize("name", REFUSED)
def test_samples_are_refused_for_a_reason(name: str) -> None:
    (item,) = read_calls((FORMATS / name).read_bytes(), name)

    assert not isinstance(item, Transcript)
    assert REFUSED[name] in item.reason


def test_every_sample_is_accounted_for() -> None:
    assert {path.name for path in FORMATS.iterdir()} == READABLE.keys() | REFUSED.keys()


@pytest.mark.parametrize(("name", "count"), [("star.jsonl", 400), ("abcd.jsonl", 8), ("harper_valley.jsonl", 1)])
def test_real_conversations_are_read(name: str, count: int) -> None:
    items = list(read_calls((SHARED / "calls" / name).read_bytes(), name))

    assert len(items) == count
    assert all(isinstance(item, Transcript) and not item.flags for item in items)
