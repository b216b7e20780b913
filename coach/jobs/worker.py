"""One process that works on batches: takes slices from the queue, judges them, shows that it lives."""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from types import TracebackType
from typing import Self

from coach.errors import CoachError, StoreError
from coach.jobs.engine import Engine
from coach.jobs.judging import MakeJudging
from coach.jobs.queue import Queue
from coach.store import Store, WorkerRow

BEAT_S = 3.0
SILENT_S = 30.0
"""A process that has not been heard of for so long is taken for dead. If it is not, at worst calls are judged twice."""

GRACE_S = 600.0
"""How long a stop waits for the calls under way; a second stop does not wait."""


class Worker:
    """Works until it is stopped. A context manager.

    Args:
        store: the open store.
        make: makes what judges.
        tell: told in words of what a person should know.
        works: whether it judges, or only fills the queue.
    """

    def __init__(self, store: Store, make: MakeJudging, *, tell: Callable[[str], None], works: bool = True) -> None:
        self._store = store
        self._host = socket.gethostname()
        self._pid = os.getpid()
        self.id = f"{self._host[:40]}-{self._pid}-{uuid.uuid4().hex[:8]}"
        self.fault: CoachError | None = None
        self.ended = threading.Event()
        """Set when a fault ended the work; `fault` then says which."""
        self._stopped = threading.Event()
        self._busy = 0
        self._idle = threading.Condition()
        self.engine = Engine(store, make, tell=tell, failed=self._failed)
        self._works = works
        if works:
            store.workers.beat(self.id, self._host, self._pid)
        self.queue = Queue(store.queue_address(), self.id, self._judge if works else None)
        self._beating = threading.Thread(target=self._beat, name="beating", daemon=True)

    def __enter__(self) -> Self:
        self.take_over()
        if self._works:
            self._beating.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def take_over(self) -> None:
        """Take back what dead processes had."""
        for worker in self._store.workers.all():
            if self._is_dead(worker):
                self.queue.take_back(worker.id)
                self._store.workers.forget(worker.id)

    def others(self) -> list[WorkerRow]:
        """The living workers besides this one."""
        return [w for w in self._store.workers.all() if w.id != self.id and not self._is_dead(w)]

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
        self.queue.close()
        self.engine.close()
        if self._works:
            try:
                self._store.workers.stopped(self.id)
            except StoreError:
                return  # the others will notice the silence

    def _judge(self, batch: str, round_: int, first: int, last: int) -> bool:
        with self._idle:
            self._busy += 1
        try:
            return self.engine.judge(batch, round_, first, last)
        finally:
            with self._idle:
                self._busy -= 1
                self._idle.notify_all()

    def _failed(self, fault: CoachError) -> None:
        self.fault = fault
        self.ended.set()

    def _beat(self) -> None:
        while not self._stopped.wait(BEAT_S):
            try:
                self._store.workers.beat(self.id, self._host, self._pid)
                self.take_over()
            except StoreError:
                continue  # whoever has something to write waits for the database, and tells

    def _is_dead(self, worker: WorkerRow) -> bool:
        if worker.id == self.id:
            return False
        if worker.stopped or worker.silent_s > SILENT_S:
            return True
        if worker.host != self._host:
            return False
        # The same number here is a process of before: in a container it is often 1.
        return worker.pid == self._pid or not _lives(worker.pid)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
