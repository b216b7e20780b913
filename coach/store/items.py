"""The calls of a batch: into the store, out for judging, and what became of them."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Integer, Select, cast, func, insert, select, update

from coach.domain.review import Review
from coach.domain.transcript import Transcript
from coach.store.database import Database
from coach.store.models import BatchRow, CallRow, ItemRow, ReviewRow
from coach.store.records import Item, ItemStatus, NewItem, Outcome, Result
from coach.store.reviews import write_reviews

PAGE = 200
"""Rows held at once while many are read."""


class Items:
    """One row a call; a call is `pending` until it is `done` or `failed`, once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_source(self, batch: str, source: str) -> tuple[int, bool]:
        """How many calls of a file are in the batch, and whether those are all."""
        query = select(func.count(), func.max(cast(ItemRow.ends_source, Integer))).where(
            ItemRow.batch == batch, ItemRow.source == source
        )
        with self._database.read() as connection:
            count, ended = connection.execute(query).one()
        return int(count), bool(ended)

    def add(self, batch: str, items: Sequence[NewItem]) -> int:
        """Take calls in, in order; those with a known review are done at once.

        Returns:
            How many calls the batch holds now.
        """
        keys = [item.key for item in items if item.key is not None]
        with self._database.write() as connection:
            # The row is locked so that numbers are given out once, whoever else reads into the batch.
            start = connection.execute(select(BatchRow.read).where(BatchRow.id == batch).with_for_update()).scalar_one()
            reviewed = set(connection.execute(select(ReviewRow.key).where(ReviewRow.key.in_(keys))).scalars())
            earlier = _earlier(connection, batch, keys)
            rows: list[dict[str, Any]] = []
            for seq, item in enumerate(items, start):
                row = _row(item, reviewed, earlier) | {"call": self._call(connection, item.transcript)}
                rows.append({"batch": batch, "seq": seq} | row)
                if item.key is not None:
                    earlier.setdefault(item.key, "")
            connection.execute(insert(ItemRow), rows)
            connection.execute(
                update(BatchRow)
                .where(BatchRow.id == batch)
                .values(
                    read=BatchRow.read + len(rows),
                    done=BatchRow.done + sum(row["status"] == "done" for row in rows),
                    failed=BatchRow.failed + sum(row["status"] == "failed" for row in rows),
                    reused=BatchRow.reused + sum(bool(row["reused"]) for row in rows),
                )
            )
        return int(start) + len(rows)

    def to_judge(self, batch: str, first: int, last: int) -> list[Item]:
        """The calls from `first` to `last` (both included) that wait for a judge, with their transcripts."""
        query = (
            _items(CallRow.transcript)
            .join(CallRow, CallRow.id == ItemRow.call)
            .where(ItemRow.batch == batch, ItemRow.seq.between(first, last))
            .where(ItemRow.status == "pending", ItemRow.leads)
            .order_by(ItemRow.seq)
        )
        with self._database.read() as connection:
            return [
                replace(Item(*row[:7]), transcript=Transcript.model_validate_json(row[7]))
                for row in connection.execute(query)
            ]

    def slices_to_judge(self, batch: str, size: int, *, since: int = 0) -> list[int]:
        """The slices that hold a call, from `since` on, that waits for a judge; slice n begins with call n * size."""
        query = (
            select(ItemRow.seq - ItemRow.seq % size)
            .where(ItemRow.batch == batch, ItemRow.seq >= since, ItemRow.status == "pending", ItemRow.leads)
            .distinct()
        )
        with self._database.read() as connection:
            return sorted(int(start) // size for start in connection.execute(query).scalars())

    def share_known(self, batch: str, first: int, last: int) -> int:
        """End those calls of a slice whose review was made meanwhile, by another batch; how many."""
        waiting = (
            select(ItemRow.key)
            .where(ItemRow.batch == batch, ItemRow.seq.between(first, last), ItemRow.status == "pending")
            .where(ItemRow.key.in_(select(ReviewRow.key)))
        )
        with self._database.write() as connection:
            keys = {str(key) for key in connection.execute(waiting).scalars()}
            return sum(_end(connection, batch, key, "done", "", reused=True) for key in keys)

    def record(self, batch: str, outcomes: Sequence[Outcome]) -> int:
        """Write what became of calls: reviews, states and counters together or not at all.

        A call that has an outcome already keeps it, so that two processes that judged the same call count once.

        Returns:
            How many calls ended by this, those of the same key included.
        """
        ended = 0
        with self._database.write() as connection:
            # First the batch, then its items, in one order everywhere: two recorders never wait for each other.
            connection.execute(select(BatchRow.id).where(BatchRow.id == batch).with_for_update())
            write_reviews(
                connection,
                self._database,
                [(o.key, _call_of(connection, batch, o.seq), o.review) for o in outcomes if o.review is not None],
            )
            for outcome in outcomes:
                status: ItemStatus = "failed" if outcome.review is None else "done"
                ended += _end(connection, batch, outcome.key, status, outcome.reason, reused=False)
                connection.execute(
                    update(BatchRow)
                    .where(BatchRow.id == batch)
                    .values(
                        tokens_in=BatchRow.tokens_in + outcome.tokens_in,
                        tokens_out=BatchRow.tokens_out + outcome.tokens_out,
                        cost_usd=BatchRow.cost_usd + outcome.cost_usd,
                    )
                )
        return ended

    def defer(self, batch: str, round_: int, seqs: Sequence[int]) -> None:
        """Note that calls cannot be judged in this round: they wait for answers in a file."""
        with self._database.write() as connection:
            connection.execute(
                update(ItemRow).where(ItemRow.batch == batch, ItemRow.seq.in_(seqs)).values(deferred_in=round_)
            )

    def to_be_tried(self, batch: str, round_: int) -> int:
        """How many calls wait for a judge and have not been deferred in this round."""
        query = select(func.count()).where(
            ItemRow.batch == batch, ItemRow.status == "pending", ItemRow.leads, ItemRow.deferred_in != round_
        )
        with self._database.read() as connection:
            return int(connection.execute(query).scalar_one())

    def retry_failed(self, batch: str) -> int:
        """Let the calls that could be read but not judged wait for a judge again; how many."""
        with self._database.write() as connection:
            again = connection.execute(
                update(ItemRow)
                .where(ItemRow.batch == batch, ItemRow.status == "failed", ItemRow.key.is_not(None))
                .values(status="pending", reason="")
            ).rowcount
            connection.execute(update(BatchRow).where(BatchRow.id == batch).values(failed=BatchRow.failed - again))
        return again

    def results(self, batch: str) -> Iterator[Result]:
        """Every call of a batch that has an outcome, in input order, a page in memory at a time."""
        after = -1
        while True:
            query = (
                _items(CallRow.transcript, ReviewRow.review)
                .outerjoin(CallRow, CallRow.id == ItemRow.call)
                .outerjoin(ReviewRow, ReviewRow.key == ItemRow.key)
                .where(ItemRow.batch == batch, ItemRow.seq > after, ItemRow.status != "pending")
                .order_by(ItemRow.seq)
                .limit(PAGE)
            )
            with self._database.read() as connection:
                rows = connection.execute(query).all()
            if not rows:
                return
            for row in rows:
                item = Item(*row[:7])
                done = item.status == "done" and row[8] is not None
                yield Result(
                    item,
                    None if row[7] is None else Transcript.model_validate_json(row[7]),
                    _named(Review.model_validate_json(row[8]), item) if done else None,
                )
            after = rows[-1][0]

    def failures(self, batch: str, limit: int) -> list[Item]:
        """The first failed calls, in input order."""
        query = _items().where(ItemRow.batch == batch, ItemRow.status == "failed").order_by(ItemRow.seq).limit(limit)
        with self._database.read() as connection:
            return [Item(*row) for row in connection.execute(query)]

    def _call(self, connection: Connection, transcript: Transcript | None) -> str | None:
        if transcript is None:
            return None
        text = transcript.model_dump_json()
        digest = sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        row = self._database.insert(CallRow).values(id=digest, call_id=transcript.call_id, transcript=text)
        connection.execute(row.on_conflict_do_nothing(index_elements=[CallRow.id]))
        return digest


def _items(*more: Any) -> Select[Any]:
    row = ItemRow
    return select(row.seq, row.source, row.call_id, row.status, row.reason, row.key, row.reused, *more)


def _row(item: NewItem, reviewed: Container[str], earlier: Mapping[str, str]) -> dict[str, Any]:
    """What a call begins as: its reason is its own, or that of the same call that failed earlier in the batch."""
    reason = item.reason or earlier.get(item.key or "", "")
    reused = item.key in reviewed
    return {
        "source": item.source,
        "position": item.position,
        "ends_source": item.ends_source,
        "call_id": item.call_id,
        "key": item.key,
        "leads": item.key is not None and item.key not in earlier,
        "status": "done" if reused else "failed" if reason else "pending",
        "reason": "" if reused else reason,
        "reused": reused,
    }


def _earlier(connection: Connection, batch: str, keys: Sequence[str]) -> dict[str, str]:
    """The keys that the batch holds already, each with why it failed; empty if it did not."""
    query = select(ItemRow.key, ItemRow.reason).where(ItemRow.batch == batch, ItemRow.key.in_(keys), ItemRow.leads)
    return {str(key): reason for key, reason in connection.execute(query)}


def _call_of(connection: Connection, batch: str, seq: int) -> str:
    query = select(ItemRow.call).where(ItemRow.batch == batch, ItemRow.seq == seq)
    return str(connection.execute(query).scalar_one())


def _end(connection: Connection, batch: str, key: str, status: ItemStatus, reason: str, *, reused: bool) -> int:
    """End all waiting calls of a key, and count them."""
    ended = connection.execute(
        update(ItemRow)
        .where(ItemRow.batch == batch, ItemRow.key == key, ItemRow.status == "pending")
        .values(status=status, reason=reason, reused=reused)
    ).rowcount
    counter = BatchRow.done if status == "done" else BatchRow.failed
    values = {counter: counter + ended, BatchRow.reused: BatchRow.reused + (ended if reused else 0)}
    connection.execute(update(BatchRow).where(BatchRow.id == batch).values(values))
    return ended


def _named(review: Review, item: Item) -> Review:
    """The review under the name that the call has here: the same words may have been judged under another one."""
    return review if item.call_id in (None, review.call_id) else review.model_copy(update={"call_id": item.call_id})
