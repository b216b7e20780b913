"""The queues of slices, on DBOS: handed out once, handed out again when the process that had them is gone.

Each batch has a queue of its own, so that a process takes only slices of batches that it can judge.

DBOS keeps who has which slice, in SQLite beside the store or in the store's own PostgreSQL. The store keeps what became
of each call, so a slice that is handed out again goes on with the calls that have no outcome.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from coach.errors import StoreUnavailable

if TYPE_CHECKING:
    from dbos import Serializer

WORKFLOW = "judge_slice"
VERSION = "1"
"""Of the contract between who fills the queue and who empties it; a new program goes on with old slices."""

SLICES_AT_ONCE = 6
POLL_S = 0.1


class InterruptedSlice(BaseException):
    """Leaves a slice to whoever comes next. Not an `Exception`, which DBOS would take for the slice's outcome."""


class Queue:
    """The queues, as one process sees them. One at a time in a process: DBOS is process-wide.

    Args:
        url: where the queue lives, as the store says.
        worker: this process's id.
        judge: judges a slice (batch, round, first, last) and says whether it is finished for good; None for a process
            that only fills queues.
        batches: whose slices to take from the start; see `listen`.
    """

    def __init__(
        self,
        url: str,
        worker: str,
        judge: Callable[[str, int, int, int], bool] | None,
        batches: Iterable[str] = (),
    ) -> None:
        from dbos import DBOS, DBOSConfig

        # What it logs at these times are stack traces; the store's own messages say what a person needs.
        logging.getLogger("dbos").addHandler(logging.NullHandler())
        config: DBOSConfig = {
            "name": "coach",
            "system_database_url": url,
            "application_version": VERSION,
            "executor_id": worker,
            "serializer": _json(),
            "use_listen_notify": False,
            "log_level": "CRITICAL",
            "console_log_level": "CRITICAL",
            "sys_db_pool_size": 4,
        }
        self._dbos = DBOS(config=config)
        self._known: set[str] = set()

        def judge_slice(batch: str, round_: int, first: int, last: int) -> None:
            if judge is None or not judge(batch, round_, first, last):
                raise InterruptedSlice

        self._judge_slice = DBOS.workflow(name=WORKFLOW, max_recovery_attempts=None)(judge_slice)
        DBOS.listen_queues([_name(batch) for batch in batches])
        try:
            DBOS.launch()
        except Exception as error:  # DBOS passes on what its driver says, in many types
            DBOS.destroy(destroy_registry=True)
            raise StoreUnavailable(
                "the queue", f"cannot be opened ({type(error).__name__})", remedy="check the database"
            ) from None

    def listen(self, batch: str) -> None:
        """Take slices of a batch from now on.

        Raises:
            StoreUnavailable: the database is away.
        """
        self._register(batch)
        # The public way ends when DBOS is launched; its threads look at this list once a second.
        listening = self._dbos._listening_queues
        if listening is not None and _name(batch) not in listening:
            self._dbos._listening_queues = [*listening, _name(batch)]

    def renew(self) -> None:
        """Make the queues known again: another process may have dropped one of a batch that goes on since.

        Raises:
            StoreUnavailable: the database is away.
        """
        for batch in list(self._known):
            self._register(batch)

    def drop(self, batch: str) -> None:
        """Forget the queue of a batch that does not run; its slices are void.

        Raises:
            StoreUnavailable: the database is away.
        """
        from dbos import DBOS

        self._known.discard(batch)
        listening = self._dbos._listening_queues
        if listening is not None:
            self._dbos._listening_queues = [name for name in listening if name != _name(batch)]
        try:
            DBOS.delete_queue(_name(batch))
        except Exception as error:  # as above
            raise _away(error) from None

    def put(self, batch: str, round_: int, first: int, last: int) -> None:
        """Queue a slice; one that is there already, in whatever state, stays as it is."""
        from dbos import DBOS, SetWorkflowID

        if batch not in self._known:
            self._register(batch)
        with SetWorkflowID(f"{_name(batch)}/{round_}/{first}"):
            DBOS.enqueue_workflow(_name(batch), self._judge_slice, batch, round_, first, last)

    def take_back(self, worker: str) -> None:
        """Hand out again what a process had that is gone."""
        from dbos import DBOS

        # The public way to do this is a paid service; this is what it calls, and it moves only what that process has.
        DBOS._recover_pending_workflows([worker])

    def close(self) -> None:
        """Stop taking slices. Call it when none is being judged."""
        from dbos import DBOS

        DBOS.destroy(destroy_registry=True)

    def _register(self, batch: str) -> None:
        from dbos import DBOS

        try:
            DBOS.register_queue(
                _name(batch),
                worker_concurrency=SLICES_AT_ONCE,
                polling_interval_sec=POLL_S,
                on_conflict="always_update",
            )
        except Exception as error:  # as above
            raise _away(error) from None
        self._known.add(batch)


def _name(batch: str) -> str:
    """A batch's queue."""
    return f"calls of {batch}"


def _away(error: Exception) -> StoreUnavailable:
    reason = f"cannot be used ({type(error).__name__})"
    return StoreUnavailable("the queue", reason, remedy="check the database")


def _json() -> Serializer:
    """Arguments as JSON: no pickle is read from a database."""
    from dbos import Serializer

    class Json(Serializer):
        def serialize(self, data: Any) -> str:
            return json.dumps(_plain(data))

        def deserialize(self, serialized_data: str) -> Any:
            return json.loads(serialized_data)

        def name(self) -> str:
            return "coach_json"

    return Json()


def _plain(data: Any) -> Any:
    return f"{type(data).__name__}" if isinstance(data, BaseException) else data
