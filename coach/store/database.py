"""One database, two ways in: reading and writing, each a transaction of its own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.dialects import postgresql, sqlite

from coach.store.engine import faults


class Database:
    """An engine whose faults are told as `StoreError`.

    Args:
        engine: from `open_engine`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reading = engine.execution_options(reads=True)
        # SQLite lets one write at a time, and its way of waiting is slow and unfair among threads.
        self._turn: AbstractContextManager[object] = Lock() if engine.dialect.name == "sqlite" else nullcontext()

    @property
    def engine(self) -> Engine:
        """For migrations' tests and for what shares the database."""
        return self._engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads; in SQLite it waits for no writer."""
        with faults(self._engine), self._reading.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes; all of it or nothing."""
        with self._turn, faults(self._engine), self._engine.begin() as connection:
            yield connection

    def insert(self, table: Any) -> Any:
        """An insert that can be told what to do where the row is there already; both databases have their own."""
        return (postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert)(table)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()
