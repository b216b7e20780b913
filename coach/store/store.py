"""The store: one database, its tables by subject."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import URL

from coach.store.batches import Batches
from coach.store.database import Database
from coach.store.engine import database_url, open_engine, queue_address
from coach.store.events import Events
from coach.store.items import Items
from coach.store.requests import Requests
from coach.store.reviews import Reviews
from coach.store.workers import Workers


class Store:
    """Everything that outlives a process. Safe to use from several threads and processes.

    Args:
        database: an open database with the current schema.
        url: its address, for the queue that lives beside it.
    """

    def __init__(self, database: Database, url: URL) -> None:
        self.url = url
        self.batches = Batches(database)
        self.items = Items(database)
        self.reviews = Reviews(database)
        self.events = Events(database)
        self.workers = Workers(database)
        self.requests = Requests(database)

    def queue_address(self) -> str:
        """Where the queue of calls lives: in the same PostgreSQL, or in a SQLite file beside the store's."""
        return queue_address(self.url)


@contextmanager
def open_store(url: str | None, home: Path) -> Iterator[Store]:
    """Open the store, bringing its schema up to date.

    Args:
        url: address of the database; None for SQLite in `home`.
        home: the data folder.

    Raises:
        SettingsError: the address is not one of a supported database.
        StoreError: the database cannot be opened or brought up to date.
    """
    address = database_url(url, home)
    database = Database(open_engine(address))
    try:
        yield Store(database, address)
    finally:
        database.close()
