"""Judges the calls that a process has taken on, in one event loop on a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from coach.domain.review import Review
from coach.errors import (
    CoachError,
    ModelError,
    ModelRejected,
    RequestDeferred,
    SettingsError,
    StoreError,
    StoreUnavailable,
    UserError,
)
from coach.jobs.budget import Budget
from coach.jobs.judging import Judging, MakeJudging
from coach.jobs.patience import Patience
from coach.jobs.recorder import Recorder
from coach.store import Batch, Item, Outcome, Store

T = TypeVar("T")

REFUSED_IN_A_ROW = 20
"""Calls turned down for the same reason, with no answer in between, before a batch is stopped."""

LOOK_EVERY_S = 1.0
"""How often a batch is looked at for having been stopped elsewhere."""


@dataclass
class _Job:
    """What a process keeps about a batch it works on; `slices` of it are under way."""

    batch: Batch
    judging: Judging
    slots: asyncio.Semaphore
    budget: Budget
    refusals: Counter[str] = field(default_factory=Counter)
    seen_at: float = 0.0
    slices: int = 0


class Engine:
    """Judges slices of batches.

    Args:
        store: where calls come from and outcomes go.
        make: makes what judges, once for each batch.
        tell: told in words of what a person should know.
        failed: told the fault that ends all work in this process.
    """

    def __init__(
        self, store: Store, make: MakeJudging, *, tell: Callable[[str], None], failed: Callable[[CoachError], None]
    ) -> None:
        self._store = store
        self._make = make
        self._tell = tell
        self._failed = failed
        self._jobs: dict[str, _Job] = {}
        self._making = threading.Lock()
        self._patience = Patience(tell)
        self._recorder = Recorder(store, self._patience)
        self._stopping = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="judging", daemon=True)
        self._thread.start()

    @property
    def stopping(self) -> bool:
        """Whether no new call is begun."""
        return self._stopping.is_set()

    @property
    def stuck(self) -> bool:
        """Whether calls are under way of which none gets on."""
        return any(job.judging.stuck for job in list(self._jobs.values()))

    def stop(self) -> None:
        """Begin no new call; those under way are finished."""
        self._stopping.set()

    def call_off(self) -> None:
        """Give up the calls that are under way; what is not recorded is judged again later."""
        self._stopping.set()
        with suppress(RuntimeError):  # it is closed: a Ctrl-C that came while the work was ending by itself
            self._loop.call_soon_threadsafe(self._cancel_all)

    def close(self) -> None:
        """Close connections and end the loop."""
        for job in self._jobs.values():
            self._on_loop(job.judging.aclose()).result(timeout=10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=10)
        if not self._thread.is_alive():
            self._loop.close()

    def judge(self, batch_id: str, round_: int, first: int, last: int) -> bool:
        """Judge what waits in a slice; blocks the calling thread.

        Returns:
            Whether the slice is finished for good; if not, it has to be taken up again.

        Raises:
            UserError: this process cannot judge the batch.
        """
        if self._stopping.is_set():
            return False
        wait = self._patience.of
        job: _Job | None = None
        try:
            batch = wait(lambda: self._store.batches.get(batch_id))
            if batch is None or batch.state != "running" or batch.round != round_:
                return True
            job = self._job(batch)
            wait(lambda: self._store.items.share_known(batch_id, first, last))
            items = wait(lambda: self._store.items.to_judge(batch_id, first, last))
            self._on_loop(self._all(job, items)).result()
            wait(lambda: self._store.batches.finish(batch_id))
        except StoreError as error:
            self.give_up(error)
            return False
        except UserError:
            raise
        except (asyncio.CancelledError, CancelledError):
            return False
        except Exception as error:
            # Else the queue would take the slice for finished, and its calls would wait for ever.
            logging.getLogger(__name__).debug("slice %s of %s", first, batch_id, exc_info=True)
            self.give_up(CoachError(f"batch {batch_id}: a fault of the program: {type(error).__name__}"))
            return False
        finally:
            if job is not None:
                with self._making:
                    job.slices -= 1
        return not self._stopping.is_set()

    def accept(self, batch: Batch) -> None:
        """Make what judges a batch, before any of it is taken on.

        Raises:
            UserError: this process cannot judge it.
        """
        with self._making:
            self._made(batch)

    def give_up(self, error: CoachError) -> None:
        """End all work in this process."""
        if not self._stopping.is_set():
            self._stopping.set()
            self._failed(error)

    def _made(self, batch: Batch) -> _Job:
        job = self._jobs.get(batch.id)
        if job is None:
            self._drop_ended()
            judging = self._make(batch, self._tell)
            if judging.fingerprint != batch.recipe.fingerprint:
                self._on_loop(judging.aclose()).result()
                raise SettingsError(
                    f"batch {batch.id}",
                    "was begun with another corpus, prompt, embedder or version than this process has",
                    remedy="give this machine the same version, COACH_CORPUS and COACH_BASE_URL",
                )
            slots = asyncio.Semaphore(judging.at_once)
            budget = Budget(batch.max_cost, free=judging.cost_usd(1_000_000, 1_000_000) == 0)
            job = self._jobs[batch.id] = _Job(batch, judging, slots, budget)
        return job

    def _job(self, batch: Batch) -> _Job:
        with self._making:
            job = self._made(batch)
            job.batch = batch
            job.budget.now(batch.cost_usd, batch.max_cost)
            job.slices += 1
            return job

    def _drop_ended(self) -> None:
        """Close what judged batches that run no more: a worker lives longer than they do."""
        for batch_id, job in list(self._jobs.items()):
            if job.slices:
                continue
            batch = self._store.batches.get(batch_id)
            if batch is None or batch.state != "running":
                del self._jobs[batch_id]
                self._on_loop(job.judging.aclose()).result()

    async def _all(self, job: _Job, items: list[Item]) -> None:
        ended = await asyncio.gather(*(self._one(job, item) for item in items), return_exceptions=True)
        for fault in ended:
            if fault is not None:
                raise fault

    async def _one(self, job: _Job, item: Item) -> None:
        assert item.key is not None  # noqa: S101  # only calls that could be read wait for a judge
        assert item.transcript is not None  # noqa: S101  # as above
        async with job.slots:
            if self._stopping.is_set() or not await self._runs(job):
                return
            if not await job.budget.begin():
                because = f"the budget of ${job.budget.limit:.2f} is spent"
                await asyncio.to_thread(self._stop_batch, job, because)
                return
            outcome = Outcome(item.seq, item.key, None)
            try:
                outcome = await self._outcome(job, item, item.key)
            except RequestDeferred:
                await asyncio.to_thread(self._defer, job, item)
                return
            finally:
                await job.budget.end(outcome.cost_usd)
            await self._recorder.record(job.batch.id, outcome)

    async def _outcome(self, job: _Job, item: Item, key: str) -> Outcome:
        assert item.transcript is not None  # noqa: S101  # as above
        try:
            review: Review = await job.judging.review(item.transcript)
        except ModelRejected as error:
            await self._refused(job, str(error))
            return _failed(job, item, key, error)
        except ModelError as error:
            return _failed(job, item, key, error)
        except CoachError:
            raise
        except Exception as error:  # a call that breaks the program must not break the batch
            return Outcome(item.seq, key, None, f"cannot be judged: {type(error).__name__}")
        job.refusals.clear()
        made = review.provenance
        return Outcome(item.seq, key, review, "", made.tokens_in, made.tokens_out, made.cost_usd or 0.0)

    async def _refused(self, job: _Job, reason: str) -> None:
        """Stop a batch whose every call the endpoint turns down for one reason: a wrong key, a model it has not."""
        job.refusals[reason] += 1
        if job.refusals[reason] >= REFUSED_IN_A_ROW:
            because = f"the last {REFUSED_IN_A_ROW} calls were all turned down: {reason}"
            await asyncio.to_thread(self._stop_batch, job, because)

    async def _runs(self, job: _Job) -> bool:
        """Whether the batch still runs; asked of the store now and then."""
        now = self._loop.time()
        if now - job.seen_at > LOOK_EVERY_S:
            job.seen_at = now
            try:
                batch = await asyncio.to_thread(self._store.batches.get, job.batch.id)
            except StoreUnavailable:
                return True  # the recorder is the one who waits, and tells
            if batch is not None:
                if batch.round == job.batch.round:
                    job.batch = batch
                job.budget.now(batch.cost_usd, batch.max_cost)
        return job.batch.state == "running"

    def _defer(self, job: _Job, item: Item) -> None:
        self._patience.of(lambda: self._store.items.defer(job.batch.id, job.batch.round, [item.seq]))

    def _stop_batch(self, job: _Job, because: str) -> None:
        if self._store.batches.stop(job.batch.id, "stopped", because):
            self._tell(f"stopped: {because}; everything so far is kept")

    def _on_loop(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def _cancel_all(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()


def _failed(job: _Job, item: Item, key: str, error: ModelError) -> Outcome:
    """A call without a review, and what its answers cost all the same."""
    cost = job.judging.cost_usd(error.tokens_in, error.tokens_out)
    return Outcome(item.seq, key, None, str(error), error.tokens_in, error.tokens_out, cost)
