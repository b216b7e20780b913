"""`coach batch` as a person meets it, in one process."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import RunCoach
from tests.support.model_process import ANSWER, write_calls
from tests.support.openai_server import OpenAIServer, answer, unauthorized

SHARED = Path(__file__).resolve().parents[3] / "shared" / "calls"
SAMPLES = Path(__file__).resolve().parents[2] / "corpus" / "sunnybox" / "calls"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    with OpenAIServer(answer(ANSWER, tokens=(1_000_000, 0, 0))) as running:
        monkeypatch.setenv("COACH_BASE_URL", running.base_url)
        monkeypatch.setenv("COACH_MODEL", "openai:gpt-5-mini")
        yield running


@pytest.fixture(autouse=True)
def own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is shared by the run, the database is not."""
    monkeypatch.setenv("COACH_DATABASE_URL", f"sqlite:///{tmp_path / 'own.sqlite'}")


def batch_id(words: str) -> str:
    found = re.search(r"b-\d{8}-[0-9a-f]{6}", words)
    assert found, words
    return found[0]


def test_a_folder_is_judged_listed_shown_and_exported(coach: RunCoach, tmp_path: Path) -> None:
    folder = tmp_path / "calls"
    folder.mkdir()
    for path in sorted(SAMPLES.glob("0[1-3]*")):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "zz-broken.json").write_text("{")
    ran = coach("batch", "run", folder, "--company", "sunnybox")
    assert ran.code == 1
    assert "3 done, 1 failed" in ran.err
    name = batch_id(ran.err)

    assert name in coach("batch", "list").out
    shown = coach("batch", "status", name).out
    assert "zz-broken.json: not valid JSON" in shown
    assert coach("batch", "export", name, "-o", tmp_path / "out.csv").code == 0
    with (tmp_path / "out-calls.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["status"] for row in rows] == ["done"] * 3 + ["failed"]

    again = coach("batch", "run", folder / "..", "--company", "sunnybox")
    assert "3 of them judged earlier" in again.err


def test_the_same_call_is_asked_about_once_within_and_across_batches(
    coach: RunCoach, server: OpenAIServer, tmp_path: Path
) -> None:
    source = write_calls(tmp_path / "one.jsonl", 5)
    double = tmp_path / "two.jsonl"
    double.write_text(source.read_text() + source.read_text().replace("call-", "copy-"))
    assert "10 done, 0 failed" in coach("batch", "run", double, "--company", "sunnybox", "--yes").err
    assert len(server.chats) == 5
    assert "5 of them judged earlier" in coach("batch", "run", source, "--company", "sunnybox", "--yes").err
    assert len(server.chats) == 5
    coach("batch", "run", source, "--company", "fairwheel", "--yes")
    assert len(server.chats) == 10, "another purpose is another judgement"


def test_a_batch_stops_at_its_budget_and_goes_on_with_a_larger_one(
    coach: RunCoach, server: OpenAIServer, tmp_path: Path
) -> None:
    source = write_calls(tmp_path / "calls.jsonl", 12)
    ran = coach("batch", "run", source, "--company", "sunnybox", "--yes", "--max-cost", "1.1")
    assert ran.code == 1
    assert "the budget of $1.10 is spent; everything so far is kept" in ran.err
    assert len(server.chats) == 4, "a quarter of a dollar each"
    resumed = coach("batch", "resume", batch_id(ran.err), "--max-cost", "10")
    assert (resumed.code, len(server.chats)) == (0, 12)
    assert "12 done, 0 failed" in resumed.err
    assert "$3.0000" in resumed.err


def test_a_wrong_key_stops_the_batch_before_every_call_has_failed(
    coach: RunCoach, server: OpenAIServer, tmp_path: Path
) -> None:
    server.script(unauthorized())
    ran = coach("batch", "run", write_calls(tmp_path / "calls.jsonl", 80), "--company", "sunnybox", "--yes")
    assert ran.code == 1
    assert "were all turned down" in ran.err
    assert len(server.chats) < 40
    server.script(answer(ANSWER))
    assert coach("batch", "retry-failed", batch_id(ran.err)).code == 0
    assert "80 done, 0 failed" in coach("batch", "status", batch_id(ran.err)).out


def test_the_estimate_counts_and_asks_nothing(coach: RunCoach, server: OpenAIServer, tmp_path: Path) -> None:
    source = write_calls(tmp_path / "calls.jsonl", 30)
    source.write_text(source.read_text() + "{broken\n")
    ran = coach("batch", "run", source, "--company", "sunnybox", "--estimate")
    assert "calls: 30; 1 more cannot be read" in ran.out
    counted = re.search(r"tokens: about ([\d,]+) in, ([\d,]+) out", ran.out)
    assert counted
    tokens_in, tokens_out = (int(number.replace(",", "")) for number in counted.groups())
    assert f"cost: ${(tokens_in * 0.25 + tokens_out * 2) / 1e6:.2f} " in ran.out
    assert not server.chats
    assert coach("batch", "list").out == ""

    coach("batch", "run", source, "--company", "sunnybox", "--yes")
    sent = json.dumps(server.chats[0].messages)
    assert 0.5 < tokens_in / 30 / (len(sent) / 4) < 2.0, "about what a request holds"
    assert "30 of them judged already" in coach("batch", "run", source, "--company", "sunnybox", "--estimate").out


def test_nothing_is_spent_unasked_and_nothing_impossible_begun(
    coach: RunCoach, server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_calls(tmp_path / "calls.jsonl", 2)
    asked = coach("batch", "run", source, "--company", "sunnybox")
    assert (asked.code, "say --yes" in asked.err) == (2, True)
    missing = coach("batch", "run", tmp_path / "nowhere", "--company", "sunnybox", "--yes")
    assert (missing.code, "no such file or folder" in missing.err) == (2, True)
    assert coach("batch", "status", "b-none").code == 2
    monkeypatch.setenv("COACH_MODEL", "openai:nobody-knows")
    priceless = coach("batch", "run", source, "--company", "sunnybox", "--yes", "--max-cost", "1")
    assert (priceless.code, "no price of openai:nobody-knows is known" in priceless.err) == (2, True)
    assert not server.chats


def test_a_detached_batch_waits_and_can_be_cancelled_and_taken_up(
    coach: RunCoach, server: OpenAIServer, tmp_path: Path
) -> None:
    source = write_calls(tmp_path / "calls.jsonl", 6)
    queued = coach("batch", "run", source, "--company", "sunnybox", "--detach", "--yes")
    assert "6 calls queued" in queued.err
    assert not server.chats
    name = batch_id(queued.err)
    assert "cancelled" in coach("batch", "cancel", name).err
    assert "6 done" in coach("batch", "resume", name).err
    assert len(server.chats) == 6


@pytest.mark.slow
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared calls are not here")
def test_all_shared_calls_run_in_one_batch(coach: RunCoach) -> None:
    ran = coach("batch", "run", SHARED, "--company", "sunnybox")
    assert (ran.code, "409 done, 0 failed" in ran.err) == (0, True), ran.err
