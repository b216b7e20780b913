"""What can be done with batches: begin, watch, stop, go on."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from coach.domain.transcript import Transcript
from coach.errors import CoachError, SettingsError
from coach.jobs.files_of_requests import RequestFiles
from coach.jobs.intake import Intake
from coach.jobs.patience import Patience
from coach.jobs.worker import Worker
from coach.store import Batch, BatchRecipe, Store

LOOK_S = 0.25


def begin(store: Store, recipe: BatchRecipe, max_cost: float | None) -> Batch:
    """A new batch, with nothing read yet."""
    batch = f"b-{datetime.now(UTC):%Y%m%d}-{secrets.token_hex(3)}"
    store.batches.add(batch, recipe, max_cost)
    return find(store, batch)


def find(store: Store, batch: str) -> Batch:
    """A batch by its id.

    Raises:
        SettingsError: there is no such one.
    """
    found = store.batches.get(batch)
    if found is None:
        raise SettingsError(f"batch {batch}", "there is no such batch", remedy="see coach batch list")
    return found


def take_in(
    store: Store,
    worker: Worker,
    batch: Batch,
    prepare: Callable[[Transcript], Transcript],
    tell: Callable[[str], None],
    files: RequestFiles | None = None,
) -> None:
    """Queue what waits in a batch and read what is left of its sources; blocks until all is read or work stops.

    Raises:
        CoachError: what ended the reading before its time.
    """
    try:
        _take_in(store, worker, batch, prepare, tell, files)
    except CoachError:
        raise
    except Exception as error:
        fault = f"reading was ended by a fault of the program ({type(error).__name__})"
        raise CoachError(f"batch {batch.id}: {fault} — what was read is kept; coach batch resume {batch.id}") from error


def _take_in(
    store: Store,
    worker: Worker,
    batch: Batch,
    prepare: Callable[[Transcript], Transcript],
    tell: Callable[[str], None],
    files: RequestFiles | None,
) -> None:
    def stopping() -> bool:
        current = store.batches.get(batch.id)
        return worker.engine.stopping or current is None or current.state != "running"

    intake = Intake(store, worker.queue.put, prepare=prepare, patience=Patience(tell), stopping=stopping)
    intake.run(batch)
    while files is not None and _all_deferred(store, batch.id, stopping) and files.exchange(batch.id):
        store.batches.next_round(batch.id)
        intake.run(find(store, batch.id))


def _all_deferred(store: Store, batch_id: str, stopping: Callable[[], bool]) -> bool:
    """Wait until every call that has no outcome waits for an answer in a file; False if none does."""
    while not stopping():
        batch = find(store, batch_id)
        if store.items.to_be_tried(batch_id, batch.round) == 0:
            return batch.pending > 0
        time.sleep(LOOK_S)
    return False


def work_on(
    store: Store,
    worker: Worker,
    batch: Batch,
    prepare: Callable[[Transcript], Transcript],
    tell: Callable[[str], None],
    files: RequestFiles | None = None,
) -> Iterator[Batch]:
    """Read and judge a batch in this process, until it ends or the worker is stopped.

    Yields:
        The batch as it stands, a few times a second, and once more at the end.

    Raises:
        CoachError: what ended the work before its time.
    """
    faults: list[CoachError] = []

    def read() -> None:
        try:
            take_in(store, worker, batch, prepare, tell, files)
        except CoachError as error:
            faults.append(error)
            worker.engine.stop()

    reading = threading.Thread(target=read, name="intake", daemon=True)
    reading.start()
    patience = Patience(tell)
    while True:
        current = patience.of(lambda: find(store, batch.id))
        yield current
        if faults:
            raise faults[0]
        if worker.fault is not None:
            raise worker.fault
        if current.state != "running" or worker.engine.stopping:
            break
        worker.ended.wait(LOOK_S)
    reading.join()
