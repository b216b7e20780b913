"""Genesys Cloud speech and text analytics: "internal" and "external" phrases, where internal may be a machine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coach.domain.transcript import Speaker
from coach.transcripts import values
from coach.transcripts.draft import Draft, SpokenTurn
from coach.transcripts.labels import role_of

_PURPOSES: dict[str, Speaker] = {
    "external": "customer", "customer": "customer", "agent": "agent", "user": "agent", "ivr": "system", "acd": "system",
    "workflow": "system", "voicemail": "system", "fax": "system", "api": "system", "botflow": "system",
}  # fmt: skip
_MACHINE = re.compile(
    r"\bpress (?:\d|one|two|three|four|five|zero|star|pound)\b|\bfor (?:english|spanish)\b|\bmain menu\b"
    r"|\bcalls? (?:is|are|may be|will be) (?:being )?(?:recorded|monitored)\b"
    r"|\b(?:agents|representatives|operators) are (?:currently |all )?(?:busy|assisting)\b"
    r"|\bstay on the line\b|\bnext available (?:agent|representative)\b|\bleave a message after\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Party:
    role: Speaker
    start: float
    end: float


def matches(source: object) -> bool:
    """Whether the JSON has `transcripts` with phrases, or a conversation id beside `transcripts`."""
    body = values.as_object(source)
    transcripts = body.get("transcripts")
    if not isinstance(transcripts, list):
        return False
    return "conversationId" in body or any("phrases" in transcript for transcript in values.objects(transcripts))


def read(source: object) -> Iterator[Draft]:
    """The conversation, its communications one after the other.

    An internal phrase is the agent's only if an agent was on the line at that time. Where the file doesn't say who
    was, announcements are told by their words and the rest is credited to the agent and flagged as uncertain.
    """
    body = values.as_object(source)
    participants = values.objects(body.get("participants"))
    parties = [party for participant in participants if (party := _party(participant)) is not None]
    turns: list[SpokenTurn] = []
    guessed = False
    transcripts = values.objects(body.get("transcripts"))
    for transcript in transcripts:
        base = _epoch(body.get("startTime")) or _epoch(transcript.get("startTime"))
        for phrase in values.objects(transcript.get("phrases")):
            purpose = values.text(phrase.get("participantPurpose")).lower()
            role = _PURPOSES.get(purpose) or _role_at(parties, values.number(phrase.get("startTimeMs")))
            if role is None and purpose == "internal":
                guessed = True
                role = "system" if _MACHINE.search(_words(phrase)) else "agent"
            turns.append(_spoken(phrase, role or role_of(purpose), base))
    user = next((participant.get("userId") for participant in participants if participant.get("userId")), None)
    yield Draft(
        turns=turns,
        uncertain=guessed,
        call_id=values.label(body.get("conversationId")),
        channel=values.text(body.get("mediaType")).lower() or None,
        language=next((values.label(transcript.get("language")) for transcript in transcripts), None),
        agent_ref=values.label(user),
    )


def _words(phrase: values.JsonObject) -> str:
    return values.text(phrase.get("decoratedText")) or values.text(phrase.get("text"))


def _spoken(phrase: values.JsonObject, role: Speaker | None, base: float | None) -> SpokenTurn:
    start = values.number(phrase.get("startTimeMs"))
    length = values.millis(values.as_object(phrase.get("duration")).get("milliseconds"))
    begun = values.millis(start)
    if begun is None and start is not None and base is not None:
        begun = values.millis(start - base)
    return SpokenTurn(
        label=role,
        text=_words(phrase),
        start_ms=begun,
        end_ms=None if begun is None or length is None else values.millis(begun + length),
        confidence=values.confidence(phrase.get("confidence")),
        number=values.index(phrase.get("phraseIndex")),
    )


def _epoch(value: object) -> float | None:
    """A wall-clock time in milliseconds: exports give phrase times from the start of the call or from 1970."""
    result = values.number(value)
    return result if result is not None and result > values.MAX_MS else None


def _party(participant: values.JsonObject) -> _Party | None:
    start, end = values.number(participant.get("startTimeMs")), values.number(participant.get("endTimeMs"))
    purpose = values.text(participant.get("participantPurpose")).lower()
    role = _PURPOSES.get(purpose)
    if purpose == "internal":  # a person has a user id; a flow or a queue has none
        role = "agent" if participant.get("userId") else "system"
    if role in {None, "customer"} or start is None:
        return None
    return _Party(role or "unknown", start, float("inf") if end is None else end)


def _role_at(parties: Sequence[_Party], at: float | None) -> Speaker | None:
    """Who of the company was on the line; the agent where a machine was as well, since queues outlast the hand-over."""
    present = {party.role for party in parties if at is not None and party.start <= at <= party.end}
    return "agent" if "agent" in present else next(iter(present), None)
