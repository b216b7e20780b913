"""Amazon Transcribe Call Analytics: every turn carries its role."""

from __future__ import annotations

from collections.abc import Iterator

from coach.transcripts import values
from coach.transcripts.draft import Draft
from coach.transcripts.readers import amazon


def matches(source: object) -> bool:
    """Whether the JSON has a `Transcript` array that is empty, or whose first turn names a role and no participant."""
    listed = values.as_object(source).get("Transcript")
    turns = values.objects(listed)
    return listed == [] or (bool(turns) and "ParticipantRole" in turns[0] and "ParticipantId" not in turns[0])


def read(source: object) -> Iterator[Draft]:
    """The call, labelled by role."""
    call = values.as_object(source)
    segments = values.objects(call.get("Transcript"))
    labels = [values.label(segment.get("ParticipantRole")) for segment in segments]
    yield Draft(
        turns=[amazon.spoken(segment, label) for segment, label in zip(segments, labels, strict=True)],
        roles={label: amazon.role(label) for label in labels if label},
        call_id=values.label(call.get("JobName")),
        channel=values.text(call.get("Channel")).lower() or None,
        language=values.label(call.get("LanguageCode")),
    )
