"""The canonical form: this program's own JSON, strict about keys and types so that a slip is found where it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coach.domain.transcript import Speaker, TranscriptFlag
from coach.transcripts import values
from coach.transcripts.draft import Draft, SpokenTurn, UnreadableError

_REASONS = {"missing": "is missing", "extra_forbidden": "is not a known key"}


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class _Turn(_Strict):
    speaker: Speaker
    text: str
    index: int | None = None
    start_ms: float | None = None
    end_ms: float | None = None
    start_s: float | None = None
    end_s: float | None = None
    asr_confidence: float | None = None


class _Call(_Strict):
    turns: list[_Turn]
    call_id: str | None = None
    channel: str | None = None
    language: str | None = None
    started_at: str | None = None
    agent_ref: str | None = None
    team: str | None = None
    kpis: dict[str, Any] = Field(default_factory=dict)
    metadata: dict[str, Any] = Field(default_factory=dict)
    flags: list[TranscriptFlag] | None = None


def matches(source: object) -> bool:
    """Whether the JSON is an object with `turns`."""
    return "turns" in values.as_object(source)


def read(source: object) -> Iterator[Draft]:
    """The call of one canonical object.

    Raises:
        UnreadableError: a key is missing, unknown or of the wrong type, or turn numbers don't rise; names turn and key.
    """
    try:
        call = _Call.model_validate(source)
    except ValidationError as error:
        raise _refusal(error) from None
    turns = [_spoken(turn, position) for position, turn in enumerate(call.turns)]
    for position in range(1, len(turns)):
        before, after = turns[position - 1].number, turns[position].number
        if before is not None and after is not None and after <= before:
            raise UnreadableError(
                f"turn numbers must rise: {after} follows {before}",
                place=f"turns[{position}].index",
                remedy="number the turns in their order, or leave every index out",
            )
    yield Draft(
        turns=turns,
        roles={"agent": "agent", "customer": "customer", "system": "system", "unknown": "unknown"},
        trusted=True,
        flags=None if call.flags is None else tuple(call.flags),
        call_id=call.call_id,
        channel=call.channel,
        language=call.language,
        started_at=call.started_at,
        agent_ref=call.agent_ref,
        team=call.team,
        kpis=call.kpis,
        metadata=call.metadata,
    )


def _spoken(turn: _Turn, position: int) -> SpokenTurn:
    for name, in_ms, in_s in (("start", turn.start_ms, turn.start_s), ("end", turn.end_ms, turn.end_s)):
        if in_ms is not None and in_s is not None:
            raise UnreadableError(
                f"{name}_s and {name}_ms are both given", place=f"turns[{position}].{name}_s", remedy="keep one of them"
            )
    number = position if turn.index is None else values.index(turn.index)
    if number is None:
        raise UnreadableError("is not a turn number from 0", place=f"turns[{position}].index")
    return SpokenTurn(
        label=turn.speaker,
        text=turn.text,
        start_ms=values.millis(turn.start_ms) if turn.start_s is None else values.seconds(turn.start_s),
        end_ms=values.millis(turn.end_ms) if turn.end_s is None else values.seconds(turn.end_s),
        confidence=values.confidence(turn.asr_confidence),
        number=number,
    )


def _refusal(error: ValidationError) -> UnreadableError:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    place = ""
    for part in first["loc"]:
        place += f"[{part}]" if isinstance(part, int) else f"{'.' if place else ''}{values.clean(part)[:40]}"
    known = _Turn if place.startswith("turns[") else _Call
    return UnreadableError(
        _REASONS.get(first["type"], first["msg"][:1].lower() + first["msg"][1:]),
        place=place,
        remedy=f"the keys are {', '.join(known.model_fields)}" if first["type"] in _REASONS else "",
    )
