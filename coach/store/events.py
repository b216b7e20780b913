"""What happened to a batch, in order."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import insert, select

from coach.store.database import Database
from coach.store.models import EventRow
from coach.store.records import Event


class Events:
    """Appended to, never changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, batch: str, kind: str, text: str) -> None:
        """Note something; no transcript text."""
        with self._database.write() as connection:
            connection.execute(insert(EventRow).values(batch=batch, kind=kind, text=text))

    def of(self, batch: str) -> list[Event]:
        """All of a batch's, oldest first."""
        query = select(EventRow.at, EventRow.kind, EventRow.text).where(EventRow.batch == batch).order_by(EventRow.id)
        with self._database.read() as connection:
            return [Event(in_utc(at), kind, text) for at, kind, text in connection.execute(query)]


def in_utc(at: datetime) -> datetime:
    """The time with its zone: SQLite gives it back without."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
