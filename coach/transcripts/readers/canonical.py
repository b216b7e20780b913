"""The canonical form: this program's own JSON, strict about keys and types so that a slip is found where it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coach.domain.transcript import Speaker, TranscriptFlag
from coach.transcripts import values
from coach.transcripts.draft import Draft, SpokenTurn, UnreadableError

_KEY_FAULTS = {"missing": "is missing", "extra_forbidden": "is not a known key"}
_TYPE_FAULTS = {
    "string_type": "must be text",
    "float_type": "must be a number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "list_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
}


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
        UnreadableError: a key is missing or unknown, a value is of the wrong type or out of its bounds, or turn
            numbers don't rise; names turn and key.
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
    place = f"turns[{position}]"
    start_ms = _time("start", turn.start_ms, turn.start_s, place)
    end_ms = _time("end", turn.end_ms, turn.end_s, place)
    if start_ms is not None and end_ms is not None and end_ms < start_ms:
        raise UnreadableError("ends before it starts", place=place, remedy="check the times of this turn")
    number = position if turn.index is None else values.index(turn.index)
    if number is None:
        raise UnreadableError("is not a turn number from 0", place=f"{place}.index")
    if turn.asr_confidence is not None and values.confidence(turn.asr_confidence) is None:
        raise UnreadableError("is not a confidence from 0 to 1", place=f"{place}.asr_confidence")
    return SpokenTurn(
        label=turn.speaker,
        text=turn.text,
        start_ms=start_ms,
        end_ms=end_ms,
        confidence=turn.asr_confidence,
        number=number,
    )


def _time(name: str, in_ms: float | None, in_s: float | None, place: str) -> int | None:
    if in_ms is not None and in_s is not None:
        raise UnreadableError(
            f"{name}_s and {name}_ms are both given", place=f"{place}.{name}_s", remedy="keep one of them"
        )
    result = values.millis(in_ms) if in_s is None else values.seconds(in_s)
    if result is None and (in_ms is not None or in_s is not None):
        raise UnreadableError(
            "is not a time from the start of the call",
            place=f"{place}.{name}_ms" if in_s is None else f"{place}.{name}_s",
            remedy="give an offset from 0 to one week, or leave it out",
        )
    return result


def _refusal(error: ValidationError) -> UnreadableError:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ""
    for part in first["loc"]:
        place += f"[{part}]" if isinstance(part, int) else f"{'.' if place else ''}{values.clean(part)[:40]}"
    known = _Turn if place.startswith("turns[") else _Call
    fault = first["type"]
    if fault in _KEY_FAULTS:
        return UnreadableError(_KEY_FAULTS[fault], place=place, remedy=f"the keys are {', '.join(known.model_fields)}")
    if fault == "literal_error":
        return UnreadableError(f"must be {first['ctx']['expected']}", place=place)
    return UnreadableError(_TYPE_FAULTS.get(fault, "is not a usable value"), place=place)
