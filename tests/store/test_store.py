"""The same promises on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from coach.domain.transcript import Transcript
from coach.errors import SettingsError, StoreError
from coach.store import BatchRecipe, NewItem, Outcome, Store, open_store
from tests.support.calls import call
from tests.support.sample_review import FULL as REVIEW

RECIPE = BatchRecipe(
    sources=("calls/",),
    company="ferrywell",
    model="openai:fake",
    embeddings="local",
    mask=True,
    slice_size=4,
    fingerprint="f" * 64,
)


def begun(store: Store, *, max_cost: float | None = None) -> str:
    batch = f"b-{uuid.uuid4().hex[:8]}"
    store.batches.add(batch, RECIPE, max_cost)
    return batch


def new(position: int, key: str | None, *, source: str = "a.jsonl", reason: str = "", ends: bool = False) -> NewItem:
    transcript: Transcript | None = None if key is None else call("A: Hello.", call_id=f"call-{position}")
    return NewItem(source, position, ends, f"call-{position}" if key else None, transcript, key, reason)


def keys(count: int) -> list[str]:
    return [uuid.uuid4().hex for _ in range(count)]


def done(seq: int, key: str, cost: float = 0.25) -> Outcome:
    return Outcome(seq, key, REVIEW, tokens_in=100, tokens_out=10, cost_usd=cost)


def state(store: Store, batch: str) -> tuple[int, int, int, int]:
    found = store.batches.get(batch)
    assert found is not None
    return found.read, found.done, found.failed, found.reused


def statuses(store: Store, batch: str) -> Sequence[tuple[int, str, str]]:
    return [(r.item.seq, r.item.status, r.item.reason) for r in store.items.results(batch)]


def test_a_call_ends_once_and_what_it_cost_is_counted(store: Store) -> None:
    batch, (first, second) = begun(store), keys(2)
    store.items.add(batch, [new(0, first), new(1, second), new(2, None, reason="is empty", ends=True)])

    assert store.items.record(batch, [done(0, first), Outcome(1, second, None, "refused", 50, 0, 0.1)]) == 2
    assert store.items.record(batch, [Outcome(0, first, None, "too late")]) == 0

    assert statuses(store, batch) == [(0, "done", ""), (1, "failed", "refused"), (2, "failed", "is empty")]
    found = store.batches.get(batch)
    assert found is not None
    assert (found.read, found.done, found.failed, found.pending) == (3, 1, 2, 0)
    assert (found.tokens_in, found.tokens_out, round(found.cost_usd, 6)) == (150, 10, 0.35)


def test_the_same_call_is_judged_once_within_a_batch_and_across_batches(store: Store) -> None:
    batch, (key,) = begun(store), keys(1)
    store.items.add(batch, [new(0, key), new(1, key)])
    assert [item.seq for item in store.items.to_judge(batch, 0, 3)] == [0]
    store.items.record(batch, [done(0, key)])
    store.items.add(batch, [new(2, key)])
    assert state(store, batch) == (3, 3, 0, 1)

    other = begun(store)
    store.items.add(other, [new(0, key)])
    assert state(store, other) == (1, 1, 0, 1)
    names = [result.review.call_id for result in store.items.results(batch) if result.review]
    assert names == ["call-0", "call-1", "call-2"], "each call keeps its own name"


def test_a_call_shares_the_failure_of_the_same_call_before_it(store: Store) -> None:
    batch, (key,) = begun(store), keys(1)
    store.items.add(batch, [new(0, key)])
    store.items.record(batch, [Outcome(0, key, None, "refused")])
    store.items.add(batch, [new(1, key)])
    assert state(store, batch) == (2, 0, 2, 0)

    assert store.items.retry_failed(batch) == 2
    store.items.record(batch, [done(0, key)])
    assert state(store, batch) == (2, 2, 0, 0)


def test_failed_reading_is_not_retried(store: Store) -> None:
    batch = begun(store)
    store.items.add(batch, [new(0, None, reason="is empty")])
    assert store.items.retry_failed(batch) == 0
    assert state(store, batch) == (1, 0, 1, 0)


def test_a_review_made_by_another_batch_meanwhile_is_shared(store: Store) -> None:
    first, second, (key,) = begun(store), begun(store), keys(1)
    store.items.add(first, [new(0, key)])
    store.items.add(second, [new(0, key)])
    store.items.record(first, [done(0, key)])
    assert store.items.share_known(second, 0, 3) == 1
    assert state(store, second) == (1, 1, 0, 1)


def test_a_batch_is_done_when_all_is_read_and_nothing_waits(store: Store) -> None:
    batch, (key,) = begun(store), keys(1)
    store.items.add(batch, [new(0, key, ends=True)])
    store.batches.all_is_read(batch)
    assert not store.batches.finish(batch)
    store.items.record(batch, [done(0, key)])
    assert store.batches.finish(batch)
    assert not store.batches.finish(batch), "only once"
    assert [event.kind for event in store.events.of(batch)] == ["started", "done"]


def test_what_waits_is_found_by_slice(store: Store) -> None:
    batch, names = begun(store), keys(10)
    store.items.add(batch, [new(n, key) for n, key in enumerate(names)])
    store.items.record(batch, [done(n, names[n]) for n in range(4, 8)])
    assert store.items.slices_to_judge(batch, 4) == [0, 2]


def test_reading_goes_on_where_it_was(store: Store) -> None:
    batch, names = begun(store), keys(3)
    store.items.add(batch, [new(0, names[0]), new(1, names[1])])
    assert store.items.of_source(batch, "a.jsonl") == (2, False)
    assert store.items.of_source(batch, "b.json") == (0, False)
    store.items.add(batch, [new(2, names[2], ends=True)])
    assert store.items.of_source(batch, "a.jsonl") == (3, True)


def test_a_stopped_batch_goes_on_in_a_new_round(store: Store) -> None:
    batch = begun(store, max_cost=1.0)
    assert store.batches.stop(batch, "stopped", "the budget is spent")
    assert not store.batches.stop(batch, "cancelled", "too late")
    store.batches.go_on(batch, max_cost=2.0)
    found = store.batches.get(batch)
    assert found is not None
    assert (found.state, found.round, found.max_cost, found.stopped_because) == ("running", 1, 2.0, "")


def test_a_review_cannot_be_changed(store: Store) -> None:
    batch, (key,) = begun(store), keys(1)
    store.items.add(batch, [new(0, key)])
    store.items.record(batch, [done(0, key)])
    engine = create_engine(store.url)
    try:
        with pytest.raises(DBAPIError, match="immutable"), engine.begin() as connection:
            connection.execute(text("UPDATE reviews SET score = 100 WHERE key = :key"), {"key": key})
        with engine.begin() as connection:
            found = connection.execute(text("SELECT count(*) FROM moments WHERE review = :key"), {"key": key}).scalar()
    finally:
        engine.dispose()
    assert found == len(REVIEW.moments)
    assert store.reviews.get(key) == REVIEW, "as it was written"


def test_recorders_at_the_same_time_lose_nothing(store: Store) -> None:
    batch, names = begun(store), keys(60)
    store.items.add(batch, [new(n, key) for n, key in enumerate(names)])

    def record(part: int) -> None:
        for n in range(part, 60, 4):
            store.items.record(batch, [done(n, names[n])])
            store.items.record(batch, [done((n + 1) % 60, names[(n + 1) % 60], cost=0.0)])

    threads = [threading.Thread(target=record, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert state(store, batch) == (60, 60, 0, 0)


def test_a_worker_is_known_until_it_is_forgotten(store: Store) -> None:
    store.workers.beat("w-1", "here", 7)
    store.workers.beat("w-1", "here", 7)
    (worker,) = [w for w in store.workers.all() if w.id == "w-1"]
    assert worker.silent_s < 5
    assert not worker.stopped
    store.workers.stopped("w-1")
    assert next(w for w in store.workers.all() if w.id == "w-1").stopped
    store.workers.forget("w-1")
    assert not [w for w in store.workers.all() if w.id == "w-1"]


def test_a_request_is_answered_once_and_sent_again_only_if_it_was_not(store: Store) -> None:
    batch, (one, other) = begun(store), sorted(keys(2))
    for request in (one, other, one):
        store.requests.want(batch, request, "{}")
    assert store.requests.unsent(batch, 10) == [(one, "{}", 0), (other, "{}", 0)]
    store.requests.sent("file-1", [one, other])
    assert (store.requests.unsent(batch, 10), store.requests.uploads(batch)) == ([], ["file-1"])
    assert store.requests.collected("file-1", {one: "yes"}, most_tries=2, otherwise="no") == 1
    assert store.requests.answer(one) == "yes"
    assert store.requests.unsent(batch, 10) == [(other, "{}", 1)]
    store.requests.sent("file-2", [other])
    assert store.requests.collected("file-2", {}, most_tries=2, otherwise="no") == 0
    assert store.requests.answer(other) == "no", "given up"


def test_deferred_calls_are_told_from_those_to_be_tried(store: Store) -> None:
    batch, names = begun(store), keys(2)
    store.items.add(batch, [new(n, key) for n, key in enumerate(names)])
    store.items.defer(batch, 0, [1])
    assert store.items.to_be_tried(batch, 0) == 1
    store.batches.next_round(batch)
    assert store.items.to_be_tried(batch, 1) == 2


def test_opening_twice_at_the_same_time_migrates_once(database: str | None, tmp_path: Path) -> None:
    faults: list[Exception] = []

    def opened() -> None:
        try:
            with open_store(database, tmp_path / "fresh") as store:
                store.batches.all()
        except Exception as error:
            faults.append(error)

    threads = [threading.Thread(target=opened) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults


def test_the_migrations_make_the_tables_of_the_models(store: Store) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    from coach.store.models import Base

    engine = create_engine(store.url)
    try:
        with engine.connect() as connection:
            found = compare_metadata(MigrationContext.configure(connection), Base.metadata)
    finally:
        engine.dispose()
    foreign = [change for change in found if "coach_version" not in str(change) and "dbos" not in str(change)]
    assert foreign == []


def test_an_unusable_database_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="mysql is not supported"), open_store("mysql://x/y", tmp_path):
        pass
    (tmp_path / "coach.sqlite").write_text("not a database at all, but long enough to look like something " * 20)
    with pytest.raises(StoreError, match=r"coach\.sqlite: the file is no database"), open_store(None, tmp_path):
        pass
