"""Fixtures for the whole suite: everything the program writes goes to a folder of the test run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from coach.app import Coach, build_coach
from coach.settings import load_settings

SAMPLES = Path(__file__).resolve().parent.parent / "corpus"


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """COACH_HOME shared by the run, so that the sample companies are indexed once."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, home: Path, tmp_path: Path) -> None:
    """No test reads the developer's settings, keys or `.env`, and none writes into their home."""
    import os

    for name in list(os.environ):
        if name.startswith(("COACH_", "OPENAI_", "LANGCHAIN_", "LANGSMITH_")) or name.endswith("_API_KEY"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COACH_HOME", str(home))
    monkeypatch.setenv("TERM", "dumb")


Build = Callable[..., Coach]


@pytest.fixture
def build(home: Path) -> Iterator[Build]:
    """Builds a coach for a sample company, with settings by keyword, and closes it after the test."""
    with ExitStack() as stack:

        def make(company: str, **overrides: object) -> Coach:
            settings = load_settings({"home": home, "corpus": SAMPLES, **overrides})
            return stack.enter_context(build_coach(settings, company=company))

        yield make
