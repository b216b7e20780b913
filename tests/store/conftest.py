from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from coach.store import Store, open_store
from tests.support.postgres import new_database, postgres_server


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database in a real PostgreSQL server."""
    with postgres_server(tmp_path_factory.mktemp("postgres")) as server:
        yield new_database(server)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str | None:
    """The address of a database: every test here runs on both kinds. None is SQLite in the home folder."""
    return None if request.param == "sqlite" else str(request.getfixturevalue("postgres"))


@pytest.fixture
def store(database: str | None, tmp_path: Path) -> Iterator[Store]:
    with open_store(database, tmp_path) as opened:
        yield opened
