"""Amazon Bedrock Data Automation, audio: segments with speaker and channel, times in milliseconds."""

from __future__ import annotations

from collections.abc import Iterator

from coach.transcripts import values
from coach.transcripts.draft import Draft, SpokenTurn


def matches(source: object) -> bool:
    """Whether the JSON has `audio_segments`."""
    return isinstance(values.as_object(source).get("audio_segments"), list)


def read(source: object) -> Iterator[Draft]:
    """The call, labelled by speaker, or by channel where speakers were not told apart."""
    body = values.as_object(source)
    yield Draft(
        turns=[_spoken(segment) for segment in values.objects(body.get("audio_segments"))],
        language=values.text(values.as_object(body.get("metadata")).get("dominant_asset_language")).lower() or None,
    )


def _spoken(segment: values.JsonObject) -> SpokenTurn:
    return SpokenTurn(
        label=values.label(values.as_object(segment.get("speaker")).get("speaker_label"))
        or values.label(values.as_object(segment.get("channel")).get("channel_label")),
        text=values.text(segment.get("text")),
        start_ms=values.millis(segment.get("start_timestamp_millis")),
        end_ms=values.millis(segment.get("end_timestamp_millis")),
    )
