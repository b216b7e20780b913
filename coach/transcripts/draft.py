"""What a reader hands on: a call as its source tells it, before roles are settled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from coach.domain.transcript import Speaker, TranscriptFlag

Source = TypeVar("Source")


class UnreadableError(Exception):
    """A source that cannot be read; `read_calls` adds the name of the source and turns it into a TranscriptError.

    Args:
        reason: what is wrong, without transcript text.
        place: where inside the source, such as "turns[3].speaker".
        remedy: what to do about it.
    """

    def __init__(self, reason: str, *, place: str = "", remedy: str = "") -> None:
        self.reason = reason
        self.place = place
        self.remedy = remedy
        super().__init__(reason)


@dataclass(frozen=True, slots=True)
class SpokenTurn:
    """A turn under the source's own name for its speaker.

    Attributes:
        label: the source's name, number or channel of the speaker; None where it has none.
        start_ms, end_ms: milliseconds from the start of the call, or None.
        confidence: the recogniser's, in [0, 1], or None.
        number: the turn's own number in the source, or None where it has none.
    """

    label: str | None
    text: str
    start_ms: int | None = None
    end_ms: int | None = None
    confidence: float | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """One call as its source tells it.

    Attributes:
        roles: role by label, where the source states it outside the label's own words.
        trusted: the roles are this program's own, settled earlier: doubts are flagged and nothing is exchanged.
        uncertain: the reader itself had to guess who speaks in places.
        flags: flags settled earlier, kept as they are; None where they are still to be found.
        place: where in the source the call stands, such as "callTranscripts[2]".
    """

    turns: Sequence[SpokenTurn]
    roles: Mapping[str, Speaker] = field(default_factory=dict)
    trusted: bool = False
    uncertain: bool = False
    flags: tuple[TranscriptFlag, ...] | None = None
    place: str = ""
    call_id: str | None = None
    channel: str | None = None
    language: str | None = None
    started_at: str | None = None
    agent_ref: str | None = None
    team: str | None = None
    kpis: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reader(Generic[Source]):
    """One format: `matches` tells it by a few keys or lines, `read` gives its calls or raises UnreadableError."""

    name: str
    matches: Callable[[Source], bool]
    read: Callable[[Source], Iterable[Draft]]
