"""Model requests that are sent in files: what was answered is never sent again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select, update

from coach.store.database import Database
from coach.store.models import RequestRow


class Requests:
    """By a digest of the request; `upload` is the endpoint's name of the file that carries it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def answer(self, request: str) -> str | None:
        """The answer's body, if there is one."""
        with self._database.read() as connection:
            return connection.execute(select(RequestRow.answer).where(RequestRow.id == request)).scalar()

    def upload_of(self, request: str) -> str | None:
        """The file that carries it and is not finished, if any."""
        query = select(RequestRow.upload).where(RequestRow.id == request)
        with self._database.read() as connection:
            return connection.execute(query).scalar()

    def sent(self, upload: str, requests: Iterable[str]) -> None:
        """Note that a file has been handed over."""
        rows = [{"id": request, "upload": upload, "tries": 1} for request in requests]
        statement = self._database.insert(RequestRow)
        again = {"upload": statement.excluded.upload, "tries": RequestRow.tries + 1}
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=[RequestRow.id], set_=again), rows)

    def collected(self, upload: str, answers: Mapping[str, str]) -> None:
        """Note that a file is finished: what it answered, and by that which of its requests are to be sent again."""
        with self._database.write() as connection:
            for request, body in answers.items():
                connection.execute(update(RequestRow).where(RequestRow.id == request).values(answer=body, upload=None))
            connection.execute(update(RequestRow).where(RequestRow.upload == upload).values(upload=None))
