"""Whisper and whisper-timestamped: segments in seconds, no speakers at all."""

from __future__ import annotations

from collections.abc import Iterator

from coach.transcripts import values
from coach.transcripts.draft import Draft, SpokenTurn


def matches(source: object) -> bool:
    """Whether the JSON has `segments` whose first one has text."""
    segments = values.as_object(source).get("segments")
    return isinstance(segments, list) and (not segments or "text" in values.as_object(segments[0]))


def read(source: object) -> Iterator[Draft]:
    """The call, a turn a segment, without labels."""
    body = values.as_object(source)
    yield Draft(
        turns=[
            SpokenTurn(
                label=None,
                text=values.text(segment.get("text")),
                start_ms=values.seconds(segment.get("start")),
                end_ms=values.seconds(segment.get("end")),
                confidence=values.confidence(segment.get("confidence")),
            )
            for segment in values.objects(body.get("segments"))
        ],
        language=values.label(body.get("language")),
    )
