"""Model requests that are sent in files: what was answered is never sent again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select, update

from coach.store.database import Database
from coach.store.models import RequestRow


class Requests:
    """By a digest of the request; `upload` is the endpoint's name of the file that carries it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def answer(self, request: str) -> str | None:
        """What the endpoint said to it, if it said anything."""
        with self._database.read() as connection:
            return connection.execute(select(RequestRow.answer).where(RequestRow.id == request)).scalar()

    def want(self, batch: str, request: str, body: str) -> None:
        """Ask for a request to be sent, unless it is on its way or answered."""
        row = self._database.insert(RequestRow).values(id=request, batch=batch, body=body)
        idle = RequestRow.upload.is_(None) & RequestRow.answer.is_(None)
        with self._database.write() as connection:
            connection.execute(
                row.on_conflict_do_update(index_elements=[RequestRow.id], set_={"batch": batch}, where=idle)
            )

    def unsent(self, batch: str, limit: int) -> list[tuple[str, str, int]]:
        """Requests to be sent, their bodies, and how often they were sent before, in a fixed order."""
        query = (
            select(RequestRow.id, RequestRow.body, RequestRow.tries)
            .where(RequestRow.batch == batch, RequestRow.upload.is_(None), RequestRow.answer.is_(None))
            .order_by(RequestRow.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [(request, body or "", tries) for request, body, tries in connection.execute(query)]

    def uploads(self, batch: str) -> list[str]:
        """Files that are on their way."""
        query = select(RequestRow.upload).where(RequestRow.batch == batch, RequestRow.upload.is_not(None)).distinct()
        with self._database.read() as connection:
            return sorted(str(upload) for upload in connection.execute(query).scalars())

    def sent(self, upload: str, requests: Sequence[str]) -> None:
        """Note that a file has been handed over."""
        with self._database.write() as connection:
            for start in range(0, len(requests), 500):
                connection.execute(
                    update(RequestRow)
                    .where(RequestRow.id.in_(requests[start : start + 500]))
                    .values(upload=upload, tries=RequestRow.tries + 1)
                )

    def collected(self, upload: str, answers: Mapping[str, str], *, most_tries: int, otherwise: str) -> int:
        """Note that a file is finished.

        Args:
            upload: the file.
            answers: what was answered, by request.
            most_tries: how often a request is sent before it is given up.
            otherwise: the answer of those that are given up.

        Returns:
            How many of its requests are to be sent again.
        """
        mine = RequestRow.upload == upload
        with self._database.write() as connection:
            for request, answer in answers.items():
                connection.execute(
                    update(RequestRow)
                    .where(RequestRow.id == request, mine)
                    .values(answer=answer, upload=None, body=None)
                )
            connection.execute(
                update(RequestRow)
                .where(mine, RequestRow.tries >= most_tries)
                .values(answer=otherwise, upload=None, body=None)
            )
            return connection.execute(update(RequestRow).where(mine).values(upload=None)).rowcount

    def forget_failed(self, batch: str, answer: str) -> None:
        """Let requests that were given up be sent again."""
        with self._database.write() as connection:
            connection.execute(
                RequestRow.__table__.delete().where(  # type: ignore[attr-defined]
                    RequestRow.batch == batch, RequestRow.answer == answer
                )
            )
