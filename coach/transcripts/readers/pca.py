"""The output of amazon-transcribe-post-call-analytics (PCA)."""

from __future__ import annotations

from collections.abc import Iterator

from coach.domain.transcript import Speaker
from coach.transcripts import values
from coach.transcripts.draft import Draft, SpokenTurn
from coach.transcripts.labels import role_of

_IVR = "IVR"


def matches(source: object) -> bool:
    """Whether the JSON has `SpeechSegments`."""
    return isinstance(values.as_object(source).get("SpeechSegments"), list)


def read(source: object) -> Iterator[Draft]:
    """The call; segments of the IVR are `system`, whoever they are said to be spoken by."""
    body = values.as_object(source)
    about = values.as_object(body.get("ConversationAnalytics"))
    shown = {
        values.label(entry.get("Speaker")): values.label(entry.get("DisplayText"))
        for entry in values.objects(about.get("SpeakerLabels"))
    }
    turns = [_spoken(segment, shown) for segment in values.objects(body.get("SpeechSegments"))]
    roles: dict[str, Speaker] = {_IVR: "system"}
    for name in filter(None, shown.values()):
        if role := role_of(name):
            roles[name] = role
    yield Draft(
        turns=turns,
        roles=roles,
        call_id=values.label(about.get("GUID")),
        language=values.label(about.get("LanguageCode")),
        started_at=values.label(about.get("ConversationTime")),
        agent_ref=values.label(about.get("Agent")),
    )


def _spoken(segment: values.JsonObject, shown: dict[str | None, str | None]) -> SpokenTurn:
    speaker = values.label(segment.get("SegmentSpeaker"))
    return SpokenTurn(
        label=_IVR if segment.get("IVRSegment") is True else shown.get(speaker) or speaker,
        text=values.text(segment.get("DisplayText")) or values.text(segment.get("OriginalText")),
        start_ms=values.seconds(segment.get("SegmentStartTime")),
        end_ms=values.seconds(segment.get("SegmentEndTime")),
        confidence=values.mean_confidence(
            word.get("Confidence") for word in values.objects(segment.get("WordConfidence"))
        ),
    )
