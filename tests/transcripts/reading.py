"""Short ways to read one file in a test."""

from __future__ import annotations

import json

from coach.domain.transcript import Transcript
from coach.errors import TranscriptError
from coach.transcripts import read_calls


def read_all(
    data: bytes | str | object, source: str = "calls/sample.txt", *, agent_speaker: str | None = None
) -> list[Transcript | TranscriptError]:
    """Every item that the file yields; what is neither bytes nor text is written as JSON first."""
    content = data if isinstance(data, bytes | str) else json.dumps(data)
    raw = content if isinstance(content, bytes) else content.encode()
    return list(read_calls(raw, source, agent_speaker=agent_speaker))


def one(data: bytes | str | object, *, agent_speaker: str | None = None) -> Transcript:
    """The only call of a readable file."""
    (item,) = read_all(data, agent_speaker=agent_speaker)
    assert isinstance(item, Transcript), str(item)
    return item


def refused(data: bytes | str | object, *, agent_speaker: str | None = None) -> TranscriptError:
    """The only error of an unreadable file."""
    (item,) = read_all(data, agent_speaker=agent_speaker)
    assert isinstance(item, TranscriptError), item
    assert "\n" not in str(item)
    return item


def said(transcript: Transcript) -> list[tuple[str, str]]:
    """Speaker and words of every turn."""
    return [(turn.speaker, turn.text) for turn in transcript.turns]


def times(transcript: Transcript) -> list[tuple[int | None, int | None]]:
    """Start and end of every turn."""
    return [(turn.start_ms, turn.end_ms) for turn in transcript.turns]
