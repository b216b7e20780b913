"""One process that works on batches: takes slices from the queue, judges them, shows that it lives."""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from coach.errors import CoachError, SettingsError, StoreError, UserError
from coach.jobs.engine import Engine
from coach.jobs.judging import MakeJudging
from coach.jobs.queue import Queue
from coach.store import Batch, Store, WorkerRow

BEAT_S = 3.0
SILENT_S = 30.0
"""A process that has not been heard of for so long is taken for dead. If it is not, at worst calls are judged twice."""

LOOK_S = 0.5
"""How often a worker looks for batches that have begun or ended."""

AGAIN_S = 60.0
"""How long a batch that this process cannot judge is left alone before it is tried again."""

GRACE_S = 600.0
"""How long a stop waits for the calls under way; a second stop does not wait."""


class Worker:
    """Works until it is stopped. A context manager.

    Args:
        store: the open store.
        make: makes what judges.
        tell: told in words of what a person should know.
        only: the one batch to work on; without, every batch that this process can judge.
        works: whether it judges, or only fills the queue.
    """

    def __init__(
        self,
        store: Store,
        make: MakeJudging,
        *,
        tell: Callable[[str], None],
        only: str | None = None,
        works: bool = True,
    ) -> None:
        self._store = store
        self._tell = tell
        self._only = only
        self._host = socket.gethostname()
        self._pid = os.getpid()
        self.id = f"{self._host[:40]}-{self._pid}-{uuid.uuid4().hex[:8]}{f'/{only}' if only else ''}"
        self.fault: CoachError | None = None
        self.ended = threading.Event()
        """Set when a fault ended the work; `fault` then says which."""
        self._stopped = threading.Event()
        self._busy = 0
        self._idle = threading.Condition()
        self.engine = Engine(store, make, tell=tell, failed=self._failed)
        self._works = works
        self._refused: dict[str, str] = {}
        self._shown = works or only is not None
        if self._shown:
            store.workers.beat(self.id, self._host, self._pid)
        mine = [only] if works and only else []
        self.queue = Queue(store.queue_address(), self.id, self._judge if works else None, mine)
        self._looking = threading.Thread(target=self._look, name="looking", daemon=True)
        self._beating = threading.Thread(target=self._beat, name="beating", daemon=True)

    def __enter__(self) -> Self:
        self.take_over()
        if self._shown:
            self._beating.start()
        if self._works and self._only is None:
            self._looking.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def take_over(self) -> None:
        """Take back what dead processes had."""
        for worker in self._store.workers.all():
            if worker.id != self.id and is_dead(worker):
                self.queue.take_back(worker.id)
                self._store.workers.forget(worker.id)

    def wait(self, seconds: float) -> bool:
        """Wait, but not past a stop; whether to go on."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.engine.stopping:
            self.ended.wait(min(0.2, seconds))
        return not self.engine.stopping

    def stop(self) -> None:
        """Begin no new call; the second time, give up those that are under way."""
        if self.engine.stopping:
            self.engine.call_off()
        self.engine.stop()

    def close(self) -> None:
        """Finish the calls that are under way, and go."""
        self.engine.stop()
        until = time.monotonic() + (0 if self.fault else GRACE_S)
        with self._idle:
            while self._busy and not self.engine.stuck and time.monotonic() < until:
                self._idle.wait(timeout=0.2)
            if self._busy:
                self.engine.call_off()
                self._idle.wait_for(lambda: self._busy == 0, timeout=5)
        self._stopped.set()
        if self._looking.is_alive():
            self._looking.join(timeout=10)
        if self._only is not None:
            self._drop_if_ended(self._only)
        self.queue.close()
        self.engine.close()
        if self._shown:
            try:
                self._store.workers.stopped(self.id)
            except StoreError:
                return  # the others will notice the silence

    def _judge(self, batch: str, round_: int, first: int, last: int) -> bool:
        with self._idle:
            self._busy += 1
        try:
            while True:
                try:
                    return self.engine.judge(batch, round_, first, last)
                except UserError as error:
                    if self._only is not None:
                        self.engine.give_up(error)
                        return False
                    self._refuse(batch, error)
                if not self.wait(AGAIN_S):
                    return False
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def _failed(self, fault: CoachError) -> None:
        self.fault = fault
        self.ended.set()

    def _look(self) -> None:
        """Listen to the batches that run and that this process can judge."""
        listening: set[str] = set()
        again: dict[str, float] = {}
        while not self.engine.stopping:
            try:
                running = {batch.id: batch for batch in self._store.batches.running()}
                for batch in running.values():
                    if batch.id in listening or again.get(batch.id, 0.0) > time.monotonic() or self.engine.stopping:
                        continue
                    if self._accepts(batch):
                        self.queue.listen(batch.id)
                        listening.add(batch.id)
                    else:
                        again[batch.id] = time.monotonic() + AGAIN_S
                for ended in listening - running.keys():
                    listening.discard(ended)
                    self._drop_if_ended(ended)
            except StoreError:
                pass  # whoever has something to write waits for the database, and tells
            self._stopped.wait(LOOK_S)

    def _accepts(self, batch: Batch) -> bool:
        try:
            self.engine.accept(batch)
        except StoreError:
            raise
        except UserError as error:
            self._refuse(batch.id, error)
            return False
        except Exception as error:  # one batch that breaks the program must not end the work on the others
            self._refuse(batch.id, CoachError(f"a fault of the program: {type(error).__name__}"))
            return False
        return True

    def _refuse(self, batch: str, error: CoachError) -> None:
        """Leave a batch to processes that can judge it, and say so once."""
        text = str(error)
        if self._refused.get(batch) == text:
            return
        self._refused[batch] = text
        self._tell(f"batch {batch} is not judged here, others go on: {text}")
        with suppress(StoreError):
            self._store.events.add(batch, "refused", f"by {self.id}: {text}")

    def _drop_if_ended(self, batch: str) -> None:
        with suppress(StoreError):
            found = self._store.batches.get(batch)
            if found is None or found.state != "running":
                self.queue.drop(batch)

    def _beat(self) -> None:
        while not self._stopped.wait(BEAT_S):
            try:
                self._store.workers.beat(self.id, self._host, self._pid)
                self.take_over()
                self.queue.renew()
            except StoreError:
                continue  # whoever has something to write waits for the database, and tells


def is_dead(worker: WorkerRow) -> bool:
    """Whether another worker than this process's own is gone."""
    if worker.stopped or worker.silent_s > SILENT_S:
        return True
    if worker.host != socket.gethostname():
        return False
    # The same number here is a process of before: in a container it is often 1.
    return worker.pid == os.getpid() or not _lives(worker.pid)


def check_alone(store: Store, batch: str, own: str = "") -> None:
    """Make sure that no other living process reads and works on a batch; `coach worker`s may judge it all the same.

    Raises:
        SettingsError: one does.
    """
    for worker in store.workers.all():
        if worker.batch == batch and worker.id != own and not is_dead(worker):
            raise SettingsError(
                f"batch {batch}",
                f"is running in process {worker.pid} on host {worker.host}",
                remedy="wait for it, or stop it with: coach batch cancel",
            )


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
