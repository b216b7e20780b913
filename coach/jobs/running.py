"""What can be done with batches: begin, watch, stop, go on."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from coach.domain.transcript import Transcript
from coach.errors import CoachError, SettingsError
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
    store: Store, worker: Worker, batch: Batch, prepare: Callable[[Transcript], Transcript], tell: Callable[[str], None]
) -> None:
    """Queue what waits in a batch and read what is left of its sources; blocks until all is read or work stops.

    Raises:
        StoreError: the database is away for too long, or refuses.
    """
    Intake(
        store,
        worker.queue.put,
        prepare=prepare,
        patience=Patience(tell),
        stopping=lambda: worker.engine.stopping or _stopped_elsewhere(store, batch),
    ).run(batch)


def work_on(
    store: Store, worker: Worker, batch: Batch, prepare: Callable[[Transcript], Transcript], tell: Callable[[str], None]
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
            take_in(store, worker, batch, prepare, tell)
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


def _stopped_elsewhere(store: Store, batch: Batch) -> bool:
    current = store.batches.get(batch.id)
    return current is None or current.state != "running" or current.round != batch.round
