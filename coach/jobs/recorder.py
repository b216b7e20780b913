"""Outcomes on their way into the store: those that arrive together are written together."""

from __future__ import annotations

import asyncio
from collections import defaultdict

from coach.jobs.patience import Patience
from coach.store import Outcome, Store


class Recorder:
    """Writes outcomes; whoever records waits until it is on the disk.

    Args:
        store: where to.
        patience: how to wait for a database that is away.
    """

    def __init__(self, store: Store, patience: Patience) -> None:
        self._store = store
        self._patience = patience
        self._waiting: list[tuple[str, Outcome, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def record(self, batch: str, outcome: Outcome) -> None:
        """Write one outcome.

        Raises:
            StoreError: it could not be written, also after waiting for the database.
        """
        written = asyncio.get_running_loop().create_future()
        self._waiting.append((batch, outcome, written))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        await written

    async def _write_all(self) -> None:
        while self._waiting:
            taken, self._waiting = self._waiting, []
            fault: Exception | None = None
            try:
                await asyncio.to_thread(self._write, [(batch, outcome) for batch, outcome, _ in taken])
            except Exception as error:
                fault = error
            for _, _, written in taken:
                if written.done():
                    continue
                if fault is None:
                    written.set_result(None)
                else:
                    written.set_exception(fault)

    def _write(self, taken: list[tuple[str, Outcome]]) -> None:
        by_batch: dict[str, list[Outcome]] = defaultdict(list)
        for batch, outcome in taken:
            by_batch[batch].append(outcome)
        for batch, outcomes in by_batch.items():
            self._patience.of(lambda batch=batch, outcomes=outcomes: self._store.items.record(batch, outcomes))  # type: ignore[misc]
