"""A reader's draft to a transcript: roles settled, turns numbered, values within their bounds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from coach.domain.transcript import Transcript, Turn
from coach.transcripts import values
from coach.transcripts.draft import Draft, SpokenTurn, UnreadableError
from coach.transcripts.roles import settle

_MAX_ID = 200


def assemble(draft: Draft, default_id: str, agent_speaker: str | None = None) -> Transcript:
    """The transcript of a draft.

    Turns without words are left out. Where every turn has a number of its own in the source and the numbers rise,
    they are kept; otherwise turns are numbered from 0 in the source's order.

    Args:
        draft: the call as its reader found it.
        default_id: call id for a source that has none.
        agent_speaker: the label of the agent, see `settle`.

    Raises:
        UnreadableError: no turn has words, or no speaker has that label.
    """
    spoken = [replace(turn, text=text) for turn in draft.turns if (text := values.clean(turn.text))]
    if not spoken:
        raise UnreadableError("holds no turns with words", remedy="check that the transcription is complete")
    settled = settle(replace(draft, turns=spoken), agent_speaker)
    numbers = _numbers(spoken)
    return Transcript(
        call_id=_usable(draft.call_id) or _usable(default_id) or "call",
        turns=tuple(
            Turn(
                index=number,
                speaker=settled.roles.get(turn.label, "unknown") if turn.label is not None else "unknown",
                text=turn.text,
                start_ms=turn.start_ms,
                end_ms=_end(turn),
                asr_confidence=turn.confidence,
            )
            for number, turn in zip(numbers, spoken, strict=True)
        ),
        channel=draft.channel,
        language=draft.language,
        started_at=draft.started_at,
        agent_ref=draft.agent_ref,
        team=draft.team,
        kpis=dict(draft.kpis),
        metadata=dict(draft.metadata),
        flags=settled.flags,
    )


def _numbers(turns: Sequence[SpokenTurn]) -> list[int]:
    own = [turn.number for turn in turns if turn.number is not None]
    rising = all(before < after for before, after in pairwise(own))
    return own if len(own) == len(turns) and rising else list(range(len(turns)))


def _end(turn: SpokenTurn) -> int | None:
    if turn.end_ms is not None and turn.start_ms is not None and turn.end_ms < turn.start_ms:
        return None
    return turn.end_ms


def _usable(call_id: str | None) -> str:
    cleaned = values.clean(call_id or "")[:_MAX_ID]
    return cleaned.encode("utf-8", "replace").decode("utf-8")
