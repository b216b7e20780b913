"""Plain text: a speaker's name before the words, wrapped lines after them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from coach.domain.transcript import Speaker
from coach.transcripts import values
from coach.transcripts.draft import Draft, SpokenTurn
from coach.transcripts.labels import role_of
from coach.transcripts.naming import (
    SpokenLine,
    accepted_labels,
    doubtful_labels,
    is_surely_speaker,
    one_off_fields,
    split_line,
)

_NOTE = "note"
_ROLES: dict[str, Speaker] = {_NOTE: "system"}
_MAX_OFFSET_MS = 10 * 60 * 1000
_ANNOTATION = re.compile(r"[\[(][^\[\]()]{0,80}\s[^\[\]()]{0,80}[\])]|\*{1,3}[^*]{0,80}\s[^*]{0,80}\*{1,3}")
_MAX_NAMES = 8


@dataclass(slots=True)
class _Open:
    label: str
    start_ms: int | None
    end_ms: int | None
    lines: list[str] = field(default_factory=list)


def matches(content: str) -> bool:
    """Whether lines name who speaks: by role or number, or by a few names that most lines begin with."""
    lines = _lines(content)
    accepted = accepted_labels(lines)
    if any(is_surely_speaker(label) for label in accepted):
        return True
    named = sum(line.label in accepted for line in lines)
    return 2 <= len(accepted) <= _MAX_NAMES and named * 2 >= len(lines)


def read(content: str) -> Iterator[Draft]:
    """The call. What stands before the first name is a heading and left out; notes in brackets are `system`.

    A line without a name goes on with the turn before it. Times that do not start near zero are wall-clock times,
    not offsets, and are left out. A line that may or may not open a turn opens one if it begins with a role, so that
    nobody is credited with another's words; a doubtful label makes nobody the agent, and the call is uncertain.
    """
    lines = _lines(content)
    doubtful = doubtful_labels(lines)
    turns = [_turn(spoken) for spoken in _group(lines, accepted_labels(lines) | doubtful)]
    first = next((turn.start_ms for turn in turns if turn.start_ms is not None), 0)
    if first > _MAX_OFFSET_MS:
        turns = [SpokenTurn(turn.label, turn.text) for turn in turns]
    unsure: dict[str, Speaker] = {label: "unknown" for label in doubtful if role_of(label) == "agent"}
    yield Draft(turns=turns, roles={**_ROLES, **unsure}, uncertain=bool(doubtful or one_off_fields(lines)))


def _lines(content: str) -> list[SpokenLine]:
    return [split_line(line) for line in content.split("\n") if line.strip()]


def _group(lines: Iterable[SpokenLine], accepted: frozenset[str]) -> Iterator[_Open]:
    current: _Open | None = None
    label: str | None = None
    for line in lines:
        named = line.label if line.label in accepted else None
        if named is not None:
            label = named
        elif label is None or not any(letter.isalnum() for letter in line.line):
            continue
        elif _ANNOTATION.fullmatch(line.line):
            if current:
                yield current
            yield _Open(_NOTE, line.start_ms, line.end_ms, [line.line])
            current = None
            continue
        elif current is not None:
            current.lines.append(line.line)
            continue
        if current:
            yield current
        current = _Open(label or "", line.start_ms, line.end_ms, [line.text if named else line.line])
    if current:
        yield current


def _turn(spoken: _Open) -> SpokenTurn:
    return SpokenTurn(
        label=spoken.label,
        text=values.clean(" ".join(line for line in spoken.lines if line)),
        start_ms=spoken.start_ms,
        end_ms=spoken.end_ms,
    )
