"""What Amazon's call formats share: turns with `Content`, offsets in milliseconds and `Items`."""

from __future__ import annotations

from coach.domain.transcript import Speaker
from coach.transcripts import values
from coach.transcripts.draft import SpokenTurn


def role(value: object) -> Speaker:
    """The role of a `ParticipantRole`; SYSTEM, CUSTOM_BOT and others that are no person are "system"."""
    name = values.text(value).upper()
    if name in {"AGENT", "SUPERVISOR"}:
        return "agent"
    if name == "CUSTOMER":
        return "customer"
    return "system" if name else "unknown"


def spoken(segment: values.JsonObject, label: str | None) -> SpokenTurn:
    """The turn of one segment."""
    return SpokenTurn(
        label=label,
        text=values.text(segment.get("Content")),
        start_ms=values.millis(segment.get("BeginOffsetMillis")),
        end_ms=values.millis(segment.get("EndOffsetMillis")),
        confidence=values.mean_confidence(
            item.get("Confidence")
            for item in values.objects(segment.get("Items"))
            # Marks are added, not heard: they carry a confidence of 0.0 that says nothing.
            if values.text(item.get("Type")).lower() != "punctuation"
        ),
    )
