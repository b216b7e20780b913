from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.postgres import new_database, postgres_server
from tests.support.programs import Program


@pytest.fixture(scope="session")
def ready_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder in which the sample company is indexed already; copied by those who need one of their own."""
    from coach.app import build_coach
    from coach.settings import load_settings

    home = tmp_path_factory.mktemp("ready")
    build_coach(load_settings({"home": home}), company="sunnybox").close()
    return home


@pytest.fixture
def program(ready_home: Path, tmp_path: Path) -> Iterator[Program]:
    """The program in processes of its own, with a home of its own."""
    with Program(ready_home, tmp_path) as running:
        yield running


@pytest.fixture(scope="session")
def server_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("postgres")


@pytest.fixture
def postgres(server_folder: Path) -> Iterator[str]:
    """The address of an empty database in a real PostgreSQL server."""
    with postgres_server(server_folder) as server:
        yield new_database(server)
