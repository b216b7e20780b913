"""Sources that come and go, fail or repeat, as a person meets them who runs and resumes a batch."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec  # type: ignore[import-untyped]  # it ships no types
import pytest
from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]  # it ships no types

from tests.cli.conftest import RunCoach
from tests.support.model_process import word, write_calls


class Faulty(MemoryFileSystem):  # type: ignore[misc]  # it ships no types
    """Files in memory, in folders that cannot be listed or fail in a way that nobody thought of."""

    protocol = "faulty"
    unlisted = False
    unheard_of = False

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return str(super()._strip_protocol(path.removeprefix("faulty://")))

    def ls(self, path: str, detail: bool = True, **kwargs: Any) -> Any:
        if type(self).unlisted:
            raise RuntimeError("the store is away")
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return super().ls(path, detail=detail, **kwargs)

    def unstrip_protocol(self, name: str) -> str:
        if type(self).unheard_of:
            raise ZeroDivisionError
        return str(super().unstrip_protocol(name))


@pytest.fixture(autouse=True)
def own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is shared by the run, the database is not."""
    monkeypatch.setenv("COACH_DATABASE_URL", f"sqlite:///{tmp_path / 'own.sqlite'}")


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a folder with one call in it, in a file system that a test can make fail."""
    fsspec.register_implementation("faulty", Faulty, clobber=True)
    monkeypatch.setattr(Faulty, "unlisted", False)
    monkeypatch.setattr(Faulty, "unheard_of", False)
    turns = [{"speaker": "customer", "text": "Where is it?"}, {"speaker": "agent", "text": "On its way."}]
    with fsspec.open("faulty://store/one.json", "w") as file:
        file.write(json.dumps({"turns": turns}))
    yield "faulty://store"
    Faulty.store.clear()


def batch_id(words: str) -> str:
    found = re.search(r"b-\d{8}-[0-9a-f]{6}", words)
    assert found, words
    return found[0]


def test_a_batch_is_resumed_from_another_folder_and_not_ended_while_a_source_is_missing(
    coach: RunCoach, faulty: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "calls").mkdir()
    write_calls(tmp_path / "calls" / "two.jsonl", 2)
    monkeypatch.setattr(Faulty, "unlisted", True)
    ran = coach("batch", "run", faulty, "calls", "--company", "sunnybox")
    assert (ran.code, "the folder cannot be listed: RuntimeError" in ran.err) == (2, True), ran.err
    monkeypatch.setattr(Faulty, "unlisted", False)
    name = batch_id(ran.err)

    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    (tmp_path / "calls").rename(tmp_path / "away")
    missing = coach("batch", "resume", name)
    assert (missing.code, "no such file or folder" in missing.err) == (2, True), missing.err
    assert f"{name}: running" in coach("batch", "status", name).out
    (tmp_path / "away").rename(tmp_path / "calls")
    resumed = coach("batch", "resume", name)
    assert (resumed.code, "3 done, 0 failed" in resumed.err) == (0, True), resumed.err


@pytest.mark.parametrize("more", [(), ("--detach",)])
def test_a_fault_nobody_thought_of_ends_the_reading_in_one_line(
    coach: RunCoach, faulty: str, monkeypatch: pytest.MonkeyPatch, more: tuple[str, ...]
) -> None:
    monkeypatch.setattr(Faulty, "unheard_of", True)
    ran = coach("batch", "run", faulty, "--company", "sunnybox", *more)
    assert ran.code == 1
    assert "reading was ended by a fault of the program (ZeroDivisionError)" in ran.err
    monkeypatch.setattr(Faulty, "unheard_of", False)
    assert "1 done, 0 failed" in coach("batch", "resume", batch_id(ran.err)).err


def test_files_that_are_given_twice_or_named_almost_alike_are_each_read_once(coach: RunCoach, tmp_path: Path) -> None:
    folder = tmp_path / "calls"
    folder.mkdir()
    for number, name in enumerate(("a b.json", "a  b.json", "x.json")):
        text = f"My parcel marked {word(number)} never came."
        turns = [{"speaker": "customer", "text": text}, {"speaker": "agent", "text": "On its way."}]
        (folder / name).write_text(json.dumps({"turns": turns}))
    ran = coach("batch", "run", folder, folder / "x.json", "--company", "sunnybox")
    assert "IntegrityError" not in ran.err
    assert (ran.code, "3 done, 0 failed" in ran.err) == (0, True), ran.err


def test_a_folder_below_that_may_not_be_read_is_recorded_and_passed(coach: RunCoach, faulty: str) -> None:
    with fsspec.open(f"{faulty}/closed/two.json", "w") as file:
        file.write("{}")
    ran = coach("batch", "run", faulty, "--company", "sunnybox")
    assert (ran.code, "1 done, 1 failed" in ran.err) == (1, True), ran.err
    assert "closed: cannot be read: permission denied" in coach("batch", "status", batch_id(ran.err)).out
