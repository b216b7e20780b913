"""Requests in files: handed over, waited for, collected; over kills, and with part of them failing."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from coach.store import open_store
from tests.support.batch_api_server import BatchApiServer
from tests.support.model_process import ANSWER, write_calls
from tests.support.openai_server import completion
from tests.support.programs import Program

GOOD = {"status_code": 200, "request_id": "x", "body": completion(ANSWER, tokens=(1_000_000, 0, 0))}


def troubled(body: dict[str, Any], before: int) -> dict[str, Any] | None:
    """Some requests fail the first time, one never succeeds, one is refused for good, one answer is no JSON."""
    prompt = json.dumps(body["messages"])
    if "dubababa" in prompt:
        return {"status_code": 400, "request_id": "x", "body": {"error": {"message": "no"}}}
    if "dobababa" in prompt:
        return {"status_code": 500, "request_id": "x", "body": {}}
    if "debababa" in prompt and before == 0:
        return None
    if "dibababa" in prompt and len(body["messages"]) == 2:
        return {"status_code": 200, "request_id": "x", "body": completion("{'verdict': oh well")}
    return GOOD


def test_part_of_a_file_fails_and_only_that_part_is_sent_again(program: Program, tmp_path: Path) -> None:
    source = write_calls(tmp_path / "calls.jsonl", 20)
    with BatchApiServer(troubled) as server:
        program.environment |= {"COACH_BASE_URL": server.base_url, "COACH_MODEL": "openai:gpt-5-mini"}
        said = program.run("batch", "run", source, "--company", "sunnybox", "--mode", "openai-batch", "--yes", code=1)
    found = program.batch()
    assert (found.state, found.done, found.failed) == ("done", 18, 2), said
    with open_store(None, program.home) as store:
        reasons = sorted(item.reason for item in store.items.failures(found.id, 10))
    assert reasons == [
        "the endpoint rejects the request (400)",
        "the endpoint's batches gave no answer, after several tries",
    ]
    times = sorted(server.asked.values(), reverse=True)
    assert times[:2] == [3, 2], "what failed three times is given up, what expired is sent again"
    assert set(times[2:]) == {1}
    # Seventeen calls of one request and one of two, a million tokens each but for the broken answer, at half the price.
    assert 17 * 0.125 < found.cost_usd < 19 * 0.125


@pytest.mark.slow
def test_a_process_that_is_killed_while_it_waits_hands_nothing_over_twice(program: Program, tmp_path: Path) -> None:
    source = write_calls(tmp_path / "calls.jsonl", 10)
    with BatchApiServer(lambda body, before: GOOD, looks=3) as server:
        program.environment |= {"COACH_BASE_URL": server.base_url, "COACH_MODEL": "openai:gpt-5-mini"}
        process = program.start("batch", "run", source, "--company", "sunnybox", "--mode", "openai-batch", "--yes")
        program.until(lambda b: bool(server.batches))
        process.send_signal(signal.SIGKILL)
        process.wait()
        program.run("batch", "resume", program.batch().id)
    assert (len(server.batches), program.batch().done) == (1, 10)
    assert set(server.asked.values()) == {1}
