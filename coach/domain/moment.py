"""A decision point of a call, and what retrieval found near it."""

from __future__ import annotations

from pydantic import Field

from coach.domain.base import Frozen
from coach.domain.corpus import Clause, DocChunk, Exemplar
from coach.domain.transcript import Turn


class Moment(Frozen):
    """A decision point: the customer's need and the agent's answer to it (an extended adjacency pair).

    Attributes:
        id: `m<n>`, n counting from 1 within the call.
        need: the customer's turns that open the moment, in order; empty if the agent opens it.
        answer: the agent's turns that respond, in order; empty if nobody answered.
        effect: the customer's turns right after the answer: evidence of effect, never the only ground of a verdict.
        salience: how likely it is that this is more than routine, in [0, 1].
    """

    id: str
    need: tuple[Turn, ...]
    answer: tuple[Turn, ...]
    effect: tuple[Turn, ...] = ()
    salience: float = Field(ge=0, le=1)

    @property
    def turns(self) -> tuple[int, int]:
        """First and last turn number of need and answer, both included."""
        indices = [turn.index for turn in (*self.need, *self.answer)]
        return min(indices), max(indices)

    @property
    def need_text(self) -> str:
        """The customer's words, turns joined by a space."""
        return " ".join(turn.text for turn in self.need)

    @property
    def answer_text(self) -> str:
        """The agent's words, turns joined by a space."""
        return " ".join(turn.text for turn in self.answer)


class ClauseHit(Frozen):
    """A clause near a moment. `to_need` and `to_answer` are cosine similarities in [-1, 1]; `similarity` ranks it."""

    clause: Clause
    similarity: float
    to_need: float
    to_answer: float


class ExemplarHit(Frozen):
    """An exemplar near a moment.

    `to_need` compares the situation, `to_answer` what the agent did (cosine, [-1, 1]); `similarity` ranks it.
    """

    exemplar: Exemplar
    similarity: float
    to_need: float
    to_answer: float


class ChunkHit(Frozen):
    """A passage of prose near a moment."""

    chunk: DocChunk
    similarity: float


class Retrieved(Frozen):
    """What retrieval found for one moment, each list by falling similarity, ties by id."""

    clauses: tuple[ClauseHit, ...]
    honored: tuple[ExemplarHit, ...]
    missed: tuple[ExemplarHit, ...]
    mixed: tuple[ExemplarHit, ...] = ()
    chunks: tuple[ChunkHit, ...] = ()
