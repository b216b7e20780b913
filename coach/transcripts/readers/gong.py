"""Gong: sentences by speaker id, whose side is found in the call's parties where those are in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from coach.domain.transcript import Speaker
from coach.transcripts import values
from coach.transcripts.draft import Draft, SpokenTurn

_SIDES: dict[str, Speaker] = {"internal": "agent", "external": "customer"}


def matches(source: object) -> bool:
    """Whether the JSON has `callTranscripts`, or is one of them."""
    body = values.as_object(source)
    if isinstance(body.get("callTranscripts"), list):
        return True
    monologues = values.objects(body.get("transcript"))
    return bool(monologues) and "speakerId" in monologues[0] and "sentences" in monologues[0]


def read(source: object) -> Iterator[Draft]:
    """Every call of the file, a turn a monologue, labelled by the party's name or by the speaker's id."""
    body = values.as_object(source)
    transcripts = values.objects(body.get("callTranscripts")) if "callTranscripts" in body else [body]
    for position, transcript in enumerate(transcripts):
        call_id = values.label(transcript.get("callId"))
        names: dict[str, str] = {}
        roles: dict[str, Speaker] = {}
        for party in _parties(body, transcript, call_id):
            speaker = values.label(party.get("speakerId"))
            if speaker is None:
                continue
            names[speaker] = values.label(party.get("name")) or speaker
            if role := _SIDES.get(values.text(party.get("affiliation")).lower()):
                roles[names[speaker]] = role
        yield Draft(
            turns=[_spoken(monologue, names) for monologue in values.objects(transcript.get("transcript"))],
            roles=roles,
            place=f"callTranscripts[{position}]" if "callTranscripts" in body else "",
            call_id=call_id,
        )


def _parties(
    body: values.JsonObject, transcript: values.JsonObject, call_id: str | None
) -> Iterable[values.JsonObject]:
    yield from values.objects(transcript.get("parties"))
    if transcript is not body:
        yield from values.objects(body.get("parties"))
    for call in values.objects(body.get("calls")):
        if values.label(values.as_object(call.get("metaData")).get("id")) in {None, call_id}:
            yield from values.objects(call.get("parties"))


def _spoken(monologue: values.JsonObject, names: dict[str, str]) -> SpokenTurn:
    sentences = values.objects(monologue.get("sentences"))
    speaker = values.label(monologue.get("speakerId"))
    starts = [values.millis(sentence.get("start")) for sentence in sentences]
    ends = [values.millis(sentence.get("end")) for sentence in sentences]
    return SpokenTurn(
        label=names.get(speaker, speaker) if speaker else None,
        text=" ".join(filter(None, (values.text(sentence.get("text")) for sentence in sentences))),
        start_ms=next((start for start in starts if start is not None), None),
        end_ms=next((end for end in reversed(ends) if end is not None), None),
    )
