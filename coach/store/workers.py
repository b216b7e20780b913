"""The processes that work on batches, and which of them are gone."""

from __future__ import annotations

from sqlalchemy import Double, delete, literal_column, select, update
from sqlalchemy.sql.elements import ColumnElement

from coach.store.database import Database
from coach.store.models import WorkerTableRow
from coach.store.records import WorkerRow


class Workers:
    """Signs of life, by the database's own clock, so that machines need not agree on the time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def beat(self, worker: str, host: str, pid: int) -> None:
        """Say that a worker lives; the first time makes it known, also again after it was taken for dead."""
        now = self._now()
        statement = self._database.insert(WorkerTableRow).values(id=worker, host=host, pid=pid, seen_at=now)
        with self._database.write() as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=[WorkerTableRow.id], set_={"seen_at": now})
            )

    def stopped(self, worker: str) -> None:
        """Say that a worker has stopped, so that others need not wait to find out."""
        with self._database.write() as connection:
            connection.execute(update(WorkerTableRow).where(WorkerTableRow.id == worker).values(stopped=True))

    def all(self) -> list[WorkerRow]:
        """Every worker that is known, the dead ones included."""
        row = WorkerTableRow
        query = select(row.id, row.host, row.pid, row.stopped, self._now() - row.seen_at).order_by(row.id)
        with self._database.read() as connection:
            return [WorkerRow(*found) for found in connection.execute(query)]

    def forget(self, worker: str) -> None:
        """Remove a dead worker, once what it left is in other hands."""
        with self._database.write() as connection:
            connection.execute(delete(WorkerTableRow).where(WorkerTableRow.id == worker))

    def _now(self) -> ColumnElement[float]:
        if self._database.engine.dialect.name == "postgresql":
            return literal_column("extract(epoch FROM clock_timestamp())", Double)
        return literal_column("(julianday('now') - 2440587.5) * 86400.0", Double)
