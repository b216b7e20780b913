"""What goes into the store and comes out of it, as frozen types; no SQL here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from coach.domain.base import Frozen
from coach.domain.review import Review
from coach.domain.transcript import Transcript

BatchState = Literal["running", "stopped", "cancelled", "done"]
"""`running` also while no process works on it; `stopped` at the budget; `done` when every call has an outcome."""

ItemStatus = Literal["pending", "done", "failed"]
Mode = Literal["live", "openai-batch"]


class BatchRecipe(Frozen):
    """What a batch is judged with: the same on every machine, or the machine refuses the work.

    Attributes:
        sources: absolute paths, and addresses as given.
        company: whose purpose to judge by.
        model, embeddings, mask: the settings of that name.
        agent_speaker: the agent's label in the source, where the user names it.
        mode: one request at a time, or files of them at half the price.
        slice_size: calls in one unit of work.
        fingerprint: digest of everything but the call that decides on a review; see `coach.jobs.keys`.
    """

    sources: tuple[str, ...]
    company: str
    model: str
    embeddings: str
    mask: bool
    agent_speaker: str | None = None
    mode: Mode = "live"
    slice_size: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as it stands.

    Attributes:
        round: counts resumptions; work handed out in an earlier round is void.
        read: calls found so far; `read_all` says whether there may be more.
        reused: how many of `done` were judged earlier, and cost nothing now.
        cost_usd: spent so far by calls of this batch, at list price; 0 where no price is known.
        stopped_because: why a batch that is not running was stopped; empty otherwise.
    """

    id: str
    recipe: BatchRecipe
    state: BatchState
    round: int
    read: int
    read_all: bool
    done: int
    failed: int
    reused: int
    tokens_in: int
    tokens_out: int
    cost_usd: float
    max_cost: float | None
    stopped_because: str
    created_at: datetime
    updated_at: datetime

    @property
    def pending(self) -> int:
        """Calls read that have no outcome yet."""
        return self.read - self.done - self.failed


@dataclass(frozen=True, slots=True)
class NewItem:
    """One call of a source, on its way into the store.

    Attributes:
        source: the file it came from; `position` counts the calls of that file from 0.
        ends_source: whether it is the last one of its file.
        call_id: None where the input could not be read that far.
        transcript: as shown to the judge; None for a call that cannot be read.
        key: what its review is known by; None as for the transcript.
        reason: why it cannot be read; empty if it can.
    """

    source: str
    position: int
    ends_source: bool
    call_id: str | None
    transcript: Transcript | None
    key: str | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One call of a batch as it stands; `review` only where it was asked for and there is one."""

    seq: int
    source: str
    call_id: str | None
    status: ItemStatus
    reason: str
    key: str | None
    reused: bool
    transcript: Transcript | None = None
    review: Review | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one call: a review, or a reason. Tokens and cost count what a failed call was billed, too."""

    seq: int
    key: str
    review: Review | None
    reason: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost_usd: float = 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """One row of an export: a call of a batch with its review, or with the reason why there is none."""

    item: Item
    transcript: Transcript | None
    review: Review | None


@dataclass(frozen=True, slots=True)
class Event:
    """Something worth telling later: a start, a stop, an outage. No transcript text."""

    at: datetime
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A process that works on batches. `silent_s` is how long it has not been heard of, by the database's clock."""

    id: str
    host: str
    pid: int
    stopped: bool
    silent_s: float

    @property
    def batch(self) -> str:
        """The one batch that it reads and works on; empty for one that judges whatever is queued."""
        return self.id.partition("/")[2]
