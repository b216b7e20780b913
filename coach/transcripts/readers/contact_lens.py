"""Amazon Connect Contact Lens, calls and chats: roles are joined through the list of participants."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from coach.transcripts import values
from coach.transcripts.draft import Draft, SpokenTurn
from coach.transcripts.readers import amazon


def matches(source: object) -> bool:
    """Whether the JSON has a `Transcript` array and names participants by ids."""
    call = values.as_object(source)
    named = values.objects(call.get("Participants"))[:1] + values.objects(call.get("Transcript"))[:1]
    return isinstance(call.get("Transcript"), list) and any("ParticipantId" in entry for entry in named)


def read(source: object) -> Iterator[Draft]:
    """The call or chat, labelled by role. Events without words are left out, messages of the system stay `system`."""
    call = values.as_object(source)
    joined = {
        values.label(participant.get("ParticipantId")): values.label(participant.get("ParticipantRole"))
        for participant in values.objects(call.get("Participants"))
    }
    segments = values.objects(call.get("Transcript"))
    stated = [
        joined.get(values.label(segment.get("ParticipantId"))) or values.label(segment.get("ParticipantRole"))
        for segment in segments
    ]
    labels = [
        role or values.label(segment.get("ParticipantId")) for role, segment in zip(stated, segments, strict=True)
    ]
    turns = [amazon.spoken(segment, label) for segment, label in zip(segments, labels, strict=True)]
    moments = [_moment(segment.get("AbsoluteTime")) for segment in segments]
    started = next((moment for moment in moments if moment is not None), None)
    yield Draft(
        turns=_with_offsets(turns, moments, started),
        roles={role: amazon.role(role) for role in stated if role},
        call_id=values.label(values.as_object(call.get("CustomerMetadata")).get("ContactId")),
        channel=values.text(call.get("Channel")).lower() or None,
        language=values.label(call.get("LanguageCode")),
        started_at=started.isoformat() if started else None,
    )


def _moment(value: object) -> datetime | None:
    try:
        return datetime.fromisoformat(values.text(value))
    except ValueError:
        return None


def _with_offsets(
    turns: Sequence[SpokenTurn], moments: Sequence[datetime | None], started: datetime | None
) -> list[SpokenTurn]:
    """Chats have wall-clock times: each turn starts where it is away from the first of them."""
    return [
        replace(turn, start_ms=_offset(moment, started)) if moment and started and turn.start_ms is None else turn
        for turn, moment in zip(turns, moments, strict=True)
    ]


def _offset(moment: datetime, started: datetime) -> int | None:
    if (moment.tzinfo is None) != (started.tzinfo is None):
        return None
    return values.millis((moment - started) / timedelta(milliseconds=1))
