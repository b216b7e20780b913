from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.conftest import RunCoach
from tests.support.openai_server import Behaviour, OpenAIServer, Reply, Request, completion, error

DOWN = error(503, headers={"Retry-After": "0"})
ANSWER = {"moments": [], "summary": "", "celebrate": "", "try_next": ""}


def calls(*names: str, company: str = "fairwheel") -> bytes:
    turns = [
        {"speaker": "customer", "text": "I was charged a waiting fee because the ramp was stuck. I use a wheelchair."},
        {"speaker": "agent", "text": "That fee is not fair to you. I am taking it off now."},
    ]
    told = ({"call_id": name, "turns": turns, "metadata": {"company": company}} for name in names)
    return b"".join(json.dumps(one).encode() + b"\n" for one in told)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        monkeypatch.setenv("COACH_BASE_URL", running.base_url)
        monkeypatch.setenv("COACH_MODEL", "openai:any")
        yield running


def lines(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


class Meeting:
    """Answers nobody before `size` requests are there at once; counts how many ever were."""

    def __init__(self, size: int) -> None:
        self._barrier = threading.Barrier(size)
        self._lock = threading.Lock()
        self._here = 0
        self.most = 0

    def __call__(self, request: Request) -> Reply:
        with self._lock:
            self._here += 1
            self.most = max(self.most, self._here)
        self._barrier.wait(timeout=30)
        with self._lock:
            self._here -= 1
        return Reply(body=completion(json.dumps(ANSWER)))


def test_as_many_calls_are_in_flight_as_told_and_come_out_in_input_order(
    coach: RunCoach, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    meeting = Meeting(3)
    server.script(meeting)
    monkeypatch.setenv("COACH_CONCURRENCY", "3")
    names = [f"c{n}" for n in range(12)]
    ran = coach("review", "-", "--format", "json", stdin=calls(*names[:5]) + b"{broken\n" + calls(*names[5:]))
    told = lines(ran.out)
    assert [one["call_id"] for one in told] == [*names[:5], None, *names[5:]]
    assert "error" in told[5]
    assert meeting.most == 3
    assert (ran.code, "12 reviewed, 1 failed" in ran.err) == (1, True)


def test_after_three_calls_without_an_answer_nothing_more_is_sent(
    coach: RunCoach, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.script(DOWN)
    monkeypatch.setenv("COACH_CONCURRENCY", "3")
    ran = coach("review", "-", "--format", "json", stdin=calls(*"abcdefghij"))
    told = lines(ran.out)
    assert ran.code == 1
    assert [one["call_id"] for one in told] == list("abcdefghij")
    untried = [one["call_id"] for one in told if one["error"].startswith("not tried: ")]
    assert untried
    assert untried == list("abcdefghij")[-len(untried) :]
    assert told[-1]["error"] == "not tried: the endpoint did not answer the last 3 calls"
    assert len(server.chats) == 6 * (len(told) - len(untried))  # one request and five retries


def by_turns(*behaviours: Behaviour) -> Behaviour:
    """Each behaviour answers one request, round and round."""
    taken = iter(range(10**6))
    return lambda request: behaviours[next(taken) % len(behaviours)](request)


def test_an_answer_in_between_means_that_the_endpoint_lives(
    coach: RunCoach, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def alive(_: Request) -> Reply:
        return Reply(body=completion(json.dumps(ANSWER)))

    server.script(by_turns(*[DOWN] * 12, alive))  # a call takes six requests before it gives up
    monkeypatch.setenv("COACH_CONCURRENCY", "1")
    told = lines(coach("review", "-", "--format", "json", stdin=calls(*"abcdef")).out)
    assert ["error" in one for one in told] == [True, True, False, True, True, False]


def test_a_person_who_watches_is_told_of_retries(
    coach: RunCoach, server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = Reply(body=completion(json.dumps(ANSWER)))
    server.script(DOWN, lambda _: answered)
    assert coach("review", "-", stdin=calls("a")).err == ""
    server.script(DOWN, lambda _: answered)
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    ran = coach("review", "-", stdin=calls("a"))
    assert ran.code == 0
    assert "asking again in" in ran.err


def test_a_missing_key_for_embeddings_is_one_line_before_any_call(
    coach: RunCoach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("COACH_EMBEDDINGS", "openai:text-embedding-3-small")
    ran = coach("review", "-", "--format", "json", stdin=calls("a", "b"))
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert "OPENAI_API_KEY is not set" in ran.err


def test_a_model_answers_for_each_company_by_its_own_purpose(coach: RunCoach, server: OpenAIServer) -> None:
    server.script(lambda _: Reply(body=completion(json.dumps(ANSWER))))
    given = calls("a") + calls("b", company="sunnybox") + calls("c")
    told = lines(coach("review", "-", "--format", "json", stdin=given).out)
    assert [(one["call_id"], one["company"]) for one in told] == [
        ("a", "fairwheel"), ("b", "sunnybox"), ("c", "fairwheel"),
    ]  # fmt: skip
