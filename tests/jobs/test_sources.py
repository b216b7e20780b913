"""Sources of every kind, streamed through the one reader of transcripts."""

from __future__ import annotations

import gzip
import json
import tracemalloc
import zipfile
from pathlib import Path

import fsspec  # type: ignore[import-untyped]  # it ships no types
import pytest

from coach.domain.transcript import Transcript
from coach.errors import SettingsError, TranscriptError
from coach.jobs.sources import Found, check_sources, read_sources
from tests.support.s3_server import s3_server

SHARED = Path(__file__).resolve().parents[3] / "shared" / "calls"


def told(name: str) -> str:
    turns = [{"speaker": "customer", "text": "Where is it?"}, {"speaker": "agent", "text": "On its way."}]
    return json.dumps({"call_id": name, "turns": turns})


def names(*sources: str | Path) -> list[str]:
    return [name(found) for found in read_sources([str(source) for source in sources], None)]


def name(found: Found) -> str:
    return found.call.call_id if isinstance(found.call, Transcript) else f"! {found.call.reason}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Calls in several formats and places, and things that are no calls."""
    folder = tmp_path / "calls"
    (folder / "deep").mkdir(parents=True)
    (folder / "b.json").write_text(told("b"))
    (folder / "a.jsonl").write_text(f"{told('a1')}\n{told('a2')}\n\n{{broken\n{told('a3')}\n")
    (folder / "deep" / "c.txt").write_text("Agent: Hello.\nCustomer: Hi.\n")
    (folder / "README.md").write_text("not a call")
    (folder / ".hidden").write_text("not a call")
    return folder


def test_a_folder_is_read_by_name_and_what_is_broken_is_told_in_its_place(folder: Path) -> None:
    found = list(read_sources([str(folder)], None))
    assert [name(one).partition(" (")[0] for one in found] == ["a1", "a2", "! not valid JSON", "a3", "b", "c"]
    assert [one.position for one in found[:4]] == [0, 1, 2, 3]
    assert [one.last for one in found] == [False, False, False, True, True, True]
    broken = found[2].call
    assert isinstance(broken, TranscriptError)
    assert broken.place == "line 4"


def test_globs_archives_compressed_files_and_object_stores(folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "calls.zip"
    with zipfile.ZipFile(archive, "w") as made:
        made.write(folder / "b.json", "in/b.json")
        made.write(folder / "a.jsonl", "in/a.jsonl")
        made.writestr("__MACOSX/in/._b.json", "junk")
    packed = tmp_path / "one.jsonl.gz"
    packed.write_bytes(gzip.compress(f"{told('g1')}\n{told('g2')}\n".encode()))
    with fsspec.open("memory://bucket/prefix/m.json", "w") as file:
        file.write(told("m"))

    assert names(folder / "*.json") == ["b"]
    assert [one.partition(" (")[0] for one in names(archive)] == ["a1", "a2", "! not valid JSON", "a3", "b"]
    assert [found.source for found in read_sources([str(archive)], None)][-1] == f"{archive}!/in/b.json"
    assert names(packed) == ["g1", "g2"]
    assert names("memory://bucket/prefix") == ["m"]


def test_a_prefix_of_an_object_store(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    objects = {f"exports/{path.relative_to(folder)}": path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    objects["other/z.json"] = told("z").encode()
    with s3_server("bucket", objects) as url:
        for name, value in {
            "AWS_ACCESS_KEY_ID": "any",
            "AWS_SECRET_ACCESS_KEY": "any",
            "AWS_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": url,
            "AWS_ALLOW_HTTP": "true",
        }.items():
            monkeypatch.setenv(name, value)
        check_sources(["s3://bucket/exports"])
        found = names("s3://bucket/exports/")
        assert [one.partition(" (")[0] for one in found] == ["a1", "a2", "! not valid JSON", "a3", "b", "c"]
        assert names("s3://bucket/exports/*.json") == ["b"]
        sources = [one.source for one in read_sources(["s3://bucket/exports/b.json"], None)]
        assert sources == ["s3://bucket/exports/b.json"]
        with pytest.raises(SettingsError, match="no such file or folder"):
            check_sources(["s3://bucket/nothing"])


def test_what_is_known_is_left_out(folder: Path) -> None:
    known = {str(folder / "a.jsonl"): (2, False), str(folder / "b.json"): (1, True)}
    found = list(read_sources([str(folder)], None, lambda source: known.get(source, (0, False))))
    assert [one.position for one in found] == [2, 3, 0]


def test_damaged_and_foreign_files_are_told_and_passed(tmp_path: Path) -> None:
    folder = tmp_path / "calls"
    folder.mkdir()
    (folder / "a.zip").write_bytes(b"PK\x03\x04 and nothing more")
    (folder / "b.gz").write_bytes(b"not packed at all")
    (folder / "c.bin").write_bytes(bytes(range(256)) * 10)
    (folder / "d.json").write_text(told("d"))
    found = names(folder)
    assert found[-1] == "d"
    assert [one[:2] for one in found[:-1]] == ["! "] * 3


def test_a_file_that_is_reached_twice_is_read_once(folder: Path) -> None:
    once = names(folder / "deep", folder / "b.json")
    assert once == ["c", "b"]
    assert names(folder / "deep", folder / "b.json", folder / "*.json", folder / "deep" / ".." / "b.json") == once
    assert names(folder / "**").count("c") == 1


def test_one_long_line_is_one_call_and_two_are_two(tmp_path: Path) -> None:
    long = told("x").replace("On its way", "On its way " * 9000).replace('"call_id": "x", ', "")
    assert len(long) > 1 << 16
    for text in (long, long + "\n\n"):
        (tmp_path / "one.json").write_text(text)
        assert names(tmp_path / "one.json") == ["one"], "as a single review names it"
    (tmp_path / "two.jsonl").write_text(f"{long}\n\n{long}\n")
    assert names(tmp_path / "two.jsonl") == ["two-1", "two-3"]


def test_a_source_that_is_missing_is_told_before_anything_begins(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such file or folder"):
        check_sources([str(tmp_path / "nowhere")])
    with pytest.raises(SettingsError, match="no known kind of address"):
        check_sources(["nonsense://x"])


def test_a_file_is_never_held_as_a_whole(tmp_path: Path) -> None:
    source = tmp_path / "calls.jsonl"
    source.write_text("".join(told(f"call-{n}").replace("On its way", "On its way " * 800) + "\n" for n in range(1500)))
    next(read_sources([str(source)], None))  # what is imported and cached on first use
    tracemalloc.start()
    read = sum(1 for _ in read_sources([str(source)], None))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read == 1500
    assert most < source.stat().st_size / 5


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared calls are not here")
def test_the_shared_calls_are_all_read() -> None:
    found = list(read_sources([str(SHARED)], None))
    assert len(found) == 409
    assert all(isinstance(one.call, Transcript) for one in found)
