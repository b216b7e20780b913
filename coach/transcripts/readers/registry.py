"""Every reader, in the order in which they are asked: the narrow formats before those that they could be taken for."""

from __future__ import annotations

from coach.transcripts.draft import Reader
from coach.transcripts.readers import (
    assemblyai,
    bedrock,
    call_analytics,
    canonical,
    contact_lens,
    deepgram,
    genesys,
    gong,
    pca,
    plain,
    srt,
    table,
    transcribe,
    twilio,
    webvtt,
    whisper,
    whisperx,
)

JSON_READERS: tuple[Reader[object], ...] = (
    Reader("canonical JSON", canonical.matches, canonical.read),
    Reader("Contact Lens", contact_lens.matches, contact_lens.read),
    Reader("Amazon Transcribe Call Analytics", call_analytics.matches, call_analytics.read),
    Reader("post-call-analytics", pca.matches, pca.read),
    Reader("Amazon Transcribe", transcribe.matches, transcribe.read),
    Reader("Bedrock Data Automation", bedrock.matches, bedrock.read),
    Reader("Deepgram", deepgram.matches, deepgram.read),
    Reader("AssemblyAI", assemblyai.matches, assemblyai.read),
    Reader("Twilio", twilio.matches, twilio.read),
    Reader("Genesys Cloud", genesys.matches, genesys.read),
    Reader("Gong", gong.matches, gong.read),
    Reader("WhisperX", whisperx.matches, whisperx.read),
    Reader("Whisper", whisper.matches, whisper.read),
)
"""Readers of one JSON value: an object, or an array that is a call as a whole."""

TEXT_READERS: tuple[Reader[str], ...] = (
    Reader("SRT", srt.matches, srt.read),
    Reader("CSV or TSV", table.matches, table.read),
    Reader("plain text", plain.matches, plain.read),
)
"""Readers of text that is no JSON."""

WEBVTT: Reader[str] = Reader("WebVTT", webvtt.matches, webvtt.read)
"""Asked before JSON is tried: it has a signature, and its cues may hold JSON."""
