"""Batches: how they begin, stop, go on and end."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, exists, insert, select, update

from coach.store.database import Database
from coach.store.events import in_utc
from coach.store.models import BatchRow, EventRow, ItemRow
from coach.store.records import Batch, BatchRecipe, BatchState

_FIELDS = tuple(BatchRow.__table__.columns)


class Batches:
    """One row a batch."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, batch: str, recipe: BatchRecipe, max_cost: float | None) -> None:
        """Begin one."""
        values = {"id": batch, "recipe": recipe.model_dump(mode="json"), "state": "running", "max_cost": max_cost}
        with self._database.write() as connection:
            connection.execute(insert(BatchRow).values(**values))
            connection.execute(insert(EventRow).values(batch=batch, kind="started", text=f"by {recipe.model}"))

    def get(self, batch: str) -> Batch | None:
        """The batch as it stands; None if there is no such one."""
        with self._database.read() as connection:
            row = connection.execute(select(*_FIELDS).where(BatchRow.id == batch)).one_or_none()
        return None if row is None else _batch(row)

    def all(self) -> list[Batch]:
        """Every batch, the newest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(*_FIELDS).order_by(BatchRow.created_at.desc(), BatchRow.id.desc()))
            return [_batch(row) for row in rows]

    def running(self) -> list[Batch]:
        """Every batch that runs, the oldest first."""
        query = select(*_FIELDS).where(BatchRow.state == "running").order_by(BatchRow.created_at, BatchRow.id)
        with self._database.read() as connection:
            return [_batch(row) for row in connection.execute(query)]

    def stop(self, batch: str, state: BatchState, because: str) -> bool:
        """Stop a running one, at its budget or for good; whether it was running."""
        with self._database.write() as connection:
            stopped = connection.execute(
                update(BatchRow)
                .where(BatchRow.id == batch, BatchRow.state == "running")
                .values(state=state, stopped_because=because)
            ).rowcount
            if stopped:
                connection.execute(insert(EventRow).values(batch=batch, kind=state, text=because))
        return bool(stopped)

    def go_on(self, batch: str, *, max_cost: float | None = None) -> None:
        """Let one that is not running go on, in a new round: work handed out before is void."""
        values: dict[str, Any] = {"state": "running", "stopped_because": "", "round": BatchRow.round + 1}
        if max_cost is not None:
            values["max_cost"] = max_cost
        with self._database.write() as connection:
            gone_on = connection.execute(
                update(BatchRow).where(BatchRow.id == batch, BatchRow.state != "running").values(**values)
            ).rowcount
            if gone_on:
                connection.execute(insert(EventRow).values(batch=batch, kind="resumed", text=""))

    def next_round(self, batch: str) -> None:
        """Let a running one go through what waits once more."""
        with self._database.write() as connection:
            connection.execute(
                update(BatchRow)
                .where(BatchRow.id == batch, BatchRow.state == "running")
                .values(round=BatchRow.round + 1)
            )

    def all_is_read(self, batch: str) -> None:
        """No further calls will come."""
        with self._database.write() as connection:
            connection.execute(update(BatchRow).where(BatchRow.id == batch).values(read_all=True))

    def finish(self, batch: str) -> bool:
        """End a running one whose calls all have an outcome; whether it ended now."""
        waiting = exists().where(ItemRow.batch == batch, ItemRow.status == "pending")
        with self._database.write() as connection:
            ended = connection.execute(
                update(BatchRow)
                .where(BatchRow.id == batch, BatchRow.state == "running", BatchRow.read_all, ~waiting)
                .values(state="done")
            ).rowcount
            if ended:
                connection.execute(insert(EventRow).values(batch=batch, kind="done", text=""))
        return bool(ended)


def _batch(row: Row[Any]) -> Batch:
    fields: dict[str, Any] = dict(row._mapping)
    fields["recipe"] = BatchRecipe.model_validate(fields["recipe"])
    for name in ("created_at", "updated_at"):
        fields[name] = in_utc(fields[name])
    return Batch(**fields)
