"""What `coach batch` says and asks where things are not as usual."""

from __future__ import annotations

import builtins
import json
import resource
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.cli.conftest import RunCoach
from tests.support.model_process import ANSWER, write_calls
from tests.support.openai_server import OpenAIServer, answer

HIDDEN_CURSOR = "\x1b[?25l"
"""What a live bar begins with."""


@pytest.fixture(autouse=True)
def own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The index is shared by the run, the database is not."""
    monkeypatch.setenv("COACH_DATABASE_URL", f"sqlite:///{tmp_path / 'own.sqlite'}")


class Words(HTMLParser):
    """The words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self._words: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self._words += data.split()

    def __str__(self) -> str:
        return " ".join(self._words)


def test_failures_are_grouped_by_reason_with_a_count_and_a_few_places(coach: RunCoach, tmp_path: Path) -> None:
    broken = [f'{{"call_id": "{"x" * (n % 7)}" oops\n' for n in range(300)]
    (tmp_path / "c.jsonl").write_text("".join([*broken, '{"call_id": "z", "turns": [7]}\n']))
    ran = coach("batch", "run", "c.jsonl", "--company", "sunnybox")
    assert "0 done, 301 failed" in ran.err
    assert coach("batch", "export", ran.err.split()[2], "--format", "html", "-o", "out.html").code == 0
    words = str(Words((tmp_path / "out.html").read_text()))
    failures = words[words.index("301 of 301 calls have no review") :]
    assert failures.count("not valid JSON") == 1
    source = tmp_path / "c.jsonl"
    assert f"{source}: line 1 · {source}: line 2 · {source}: line 3 · … 300" in failures
    assert f"{source}: line 301, turns[0] 1" in failures


def test_a_workbook_that_cannot_be_written_is_one_line(coach: RunCoach, tmp_path: Path) -> None:
    write_calls(tmp_path / "c.jsonl", 1)
    ran = coach("batch", "run", "c.jsonl", "--company", "sunnybox")
    name = f"{'x' * 254}.xlsx"
    written = coach("batch", "export", ran.err.split()[2], "--format", "xlsx", "-o", name)
    assert written.code == 2
    assert written.err == f"coach: {name}: cannot be written: file name too long\n"


def test_a_limit_of_open_files_that_cannot_be_raised_is_no_fault(
    coach: RunCoach, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(which: int, limits: tuple[int, int]) -> None:
        raise ValueError("current limit exceeds maximum limit")

    monkeypatch.setattr(resource, "setrlimit", refuse)
    write_calls(tmp_path / "c.jsonl", 1)
    assert coach("batch", "run", "c.jsonl", "--company", "sunnybox").code == 0


def test_an_estimate_says_what_is_not_paid_and_why(
    coach: RunCoach, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COACH_MODEL", "openai:gpt-5-mini")
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    run = ("batch", "run", "c.jsonl", "--company", "sunnybox")
    turns = [{"speaker": "customer", "text": "Hello."}]
    calls = [
        json.dumps({"call_id": f"{n}", "turns": [*turns, {**turns[0], "text": f"Hi {n}."}]}) + "\n" for n in range(17)
    ]
    cascade = (*run, "--estimate", "--model", "cascade:openai:gpt-5-mini")
    (tmp_path / "c.jsonl").write_text("".join(calls))
    unasked = coach(*cascade).out
    assert "cost: unknown: the model would not be asked about any of the first 16 new calls" in unasked
    assert "time: unknown" in unasked
    (tmp_path / "c.jsonl").write_text("".join(calls[:2]))
    assert "cost: nothing, the model would not be asked" in coach(*cascade).out
    write_calls(tmp_path / "c.jsonl", 2)
    assert "time: within a day" in coach(*run, "--estimate", "--mode", "openai-batch").out
    with OpenAIServer(answer(ANSWER)) as server:
        monkeypatch.setenv("COACH_BASE_URL", server.base_url)
        coach(*run, "--yes")
        known = coach(*run, "--estimate").out
    assert "cost: nothing, no call is left to judge" in known
    assert "time: about 1 s" in known
    monkeypatch.setenv("COACH_MODEL", "local")
    assert "cost: nothing, the judge runs here" in coach(*run, "--estimate").out


def test_the_question_is_asked_before_the_bar_moves_and_for_detach_too(
    coach: RunCoach, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_calls(tmp_path / "c.jsonl", 2)
    monkeypatch.setenv("COACH_MODEL", "openai:gpt-5-mini")
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    run = ("batch", "run", "c.jsonl", "--company", "sunnybox", "--detach")
    unasked = coach(*run)
    assert (unasked.code, "say --yes" in unasked.err) == (2, True)
    assert coach("batch", "list").out == ""

    shown: list[str] = []

    def ask(question: str) -> str:
        shown.append(capsys.readouterr().err)
        return "y"

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(builtins, "input", ask)
    there = SimpleNamespace(isatty=lambda: True)
    monkeypatch.setattr("coach.cli.batching.sys", SimpleNamespace(stdin=there, stderr=there))
    monkeypatch.setenv("FORCE_COLOR", "1")
    ran = coach(*run)
    assert ran.code == 0
    assert "cost: $" in shown[0]
    assert HIDDEN_CURSOR not in shown[0]
    assert HIDDEN_CURSOR in ran.err, "the bar comes after"
    assert "2 calls queued" in ran.err
