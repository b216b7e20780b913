"""From sources into the store and the queue, one call at a time; goes on where it was when it was cut off."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from coach.domain.transcript import Transcript
from coach.errors import TranscriptError
from coach.jobs.keys import review_key
from coach.jobs.patience import Patience
from coach.jobs.sources import Found, check_sources, read_sources
from coach.rendering.safe import one_line
from coach.store import Batch, NewItem, Store

AT_ONCE = 32
"""Calls taken in by one transaction."""


class Intake:
    """Reads a batch's sources.

    Args:
        store: takes the calls.
        put: queues a slice: batch, round, first and last call.
        prepare: what happens to a transcript before it is stored: masking.
        patience: how to wait for a database that is away.
        stopping: whether to stop reading; what is left is read when the batch is resumed.
    """

    def __init__(
        self,
        store: Store,
        put: Callable[[str, int, int, int], None],
        *,
        prepare: Callable[[Transcript], Transcript],
        patience: Patience,
        stopping: Callable[[], bool],
    ) -> None:
        self._store = store
        self._put = put
        self._prepare = prepare
        self._patience = patience
        self._stopping = stopping

    def run(self, batch: Batch) -> None:
        """Queue what waits, then read what is left.

        Raises:
            StoreError: the database is away for too long, or refuses.
            SettingsError: a source is not there or cannot be listed; what was read is kept, the rest read on resume.
        """
        queued = self._queue(batch, 0, batch.read, ends=batch.read_all)
        if batch.read_all:
            self._patience.of(lambda: self._store.batches.finish(batch.id))
            return
        waiting: list[NewItem] = []
        total = batch.read
        recipe = batch.recipe
        check_sources(recipe.sources)
        known = self._known(batch)
        for found in read_sources(recipe.sources, recipe.agent_speaker, known):
            waiting.append(self._item(found, recipe.fingerprint))
            if len(waiting) >= (recipe.slice_size if total == 0 else AT_ONCE):
                total = self._add(batch, waiting)
                queued = self._queue(batch, queued, total, ends=False)
                waiting = []
                if self._stopping():
                    return
        if waiting:
            total = self._add(batch, waiting)
        self._patience.of(lambda: self._store.batches.all_is_read(batch.id))
        self._queue(batch, queued, total, ends=True)
        self._patience.of(lambda: self._store.batches.finish(batch.id))

    def _known(self, batch: Batch) -> Callable[[str], tuple[int, bool]]:
        if batch.read == 0:
            return lambda source: (0, False)
        return lambda source: self._patience.of(lambda: self._store.items.of_source(batch.id, _stored(source)))

    def _add(self, batch: Batch, items: list[NewItem]) -> int:
        return self._patience.of(lambda: self._store.items.add(batch.id, items))

    def _queue(self, batch: Batch, since: int, total: int, *, ends: bool) -> int:
        """Queue the whole slices among the calls from `since` to `total`, the last one also if it ends the batch.

        Returns:
            The first call that is in no whole slice yet.
        """
        size = batch.recipe.slice_size
        whole = total if ends else total - total % size
        if whole > since:
            waiting = self._patience.of(lambda: self._store.items.slices_to_judge(batch.id, size, since=since))
            for number in waiting:
                if number * size < whole:
                    self._put(batch.id, batch.round, number * size, number * size + size - 1)
        return max(since, total - total % size)

    def _item(self, found: Found, fingerprint: str) -> NewItem:
        source, call = _stored(found.source), found.call
        if isinstance(call, TranscriptError):
            return self._unreadable(found, source, call)
        try:
            prepared = self._prepare(call)
            key = review_key(prepared, fingerprint)
        except Exception as error:  # one call that breaks the program must not break the batch
            reason = f"cannot be prepared ({type(error).__name__})"
            return NewItem(source, found.position, found.last, one_line(call.call_id), None, None, reason)
        return NewItem(source, found.position, found.last, one_line(prepared.call_id), prepared, key)

    def _unreadable(self, found: Found, source: str, error: TranscriptError) -> NewItem:
        place = f"{error.place}: " if error.place else ""
        remedy = f" — {error.remedy}" if error.remedy else ""
        reason = one_line(f"{place}{error.reason}{remedy}")
        return NewItem(source, found.position, found.last, None, None, None, reason)


def _stored(source: str) -> str:
    """A file's name in the store: fit to be shown; a name that is not so by itself is told apart by its digest."""
    shown = one_line(source)
    if shown == source:
        return shown
    return f"{shown} ({sha256(source.encode('utf-8', 'surrogatepass')).hexdigest()[:12]})"
