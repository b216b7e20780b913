"""What a batch counts as spent, and how its limit holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from coach.judging import pipeline
from tests.cli.conftest import RunCoach
from tests.cli.test_batch import batch_id
from tests.judging.test_llm_judge import moment, reply
from tests.support.model_process import ANSWER, write_calls
from tests.support.openai_server import OpenAIServer, answer, refusal

PAID = (1_000_000, 0, 0)
"""A quarter of a dollar."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    with OpenAIServer(answer(ANSWER, tokens=PAID)) as running:
        monkeypatch.setenv("COACH_BASE_URL", running.base_url)
        monkeypatch.setenv("COACH_MODEL", "openai:gpt-5-mini")
        yield running


@pytest.fixture(autouse=True)
def own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_DATABASE_URL", f"sqlite:///{tmp_path / 'own.sqlite'}")


def test_every_answer_of_a_failed_call_counts(coach: RunCoach, server: OpenAIServer, tmp_path: Path) -> None:
    server.script(answer({"poem": "roses are red"}, tokens=PAID))
    ran = coach("batch", "run", write_calls(tmp_path / "calls.jsonl", 1), "--company", "sunnybox", "--yes")
    assert len(server.chats) == 2
    assert "0 done, 1 failed" in ran.err
    assert "$0.5000" in ran.err


def test_a_first_answer_counts_when_the_request_to_mend_it_fails(
    coach: RunCoach, server: OpenAIServer, tmp_path: Path
) -> None:
    server.script(answer(reply(moment(turns=[900, 901])), tokens=PAID), refusal())
    ran = coach("batch", "run", write_calls(tmp_path / "calls.jsonl", 1), "--company", "sunnybox", "--yes")
    assert len(server.chats) == 2
    assert "1 done, 0 failed" in ran.err
    assert "$0.25" in ran.err


def test_a_call_that_breaks_the_program_counts(
    coach: RunCoach, server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "call_score", lambda _: 1 / 0)
    ran = coach("batch", "run", write_calls(tmp_path / "calls.jsonl", 1), "--company", "sunnybox", "--yes")
    assert "0 done, 1 failed" in ran.err
    assert "$0.2500" in ran.err
    assert "cannot be judged: ZeroDivisionError" in coach("batch", "status", batch_id(ran.err)).out


def test_a_limit_without_effect_is_refused_on_resume_too(
    coach: RunCoach, server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = write_calls(tmp_path / "calls.jsonl", 2)
    monkeypatch.setenv("COACH_MODEL", "openai:nobody-knows")
    queued = coach("batch", "run", source, "--company", "sunnybox", "--yes", "--detach")
    resumed = coach("batch", "resume", batch_id(queued.err), "--max-cost", "1")
    assert (resumed.code, "no price of openai:nobody-knows is known" in resumed.err) == (2, True)
    assert not server.chats


def test_requests_in_files_take_no_limit_on_resume(
    coach: RunCoach, server: OpenAIServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from coach.cli import batching

    def cut_off(*_: object) -> int:
        return 1

    with monkeypatch.context() as patched:
        patched.setattr(batching, "_judge", cut_off)
        source = write_calls(tmp_path / "calls.jsonl", 2)
        ran = coach("batch", "run", source, "--company", "sunnybox", "--yes", "--mode", "openai-batch")
        resumed = coach("batch", "resume", batch_id(ran.err), "--max-cost", "1")
    assert (resumed.code, "a file of requests is paid as a whole" in resumed.err) == (2, True)
