"""Several batches in one database, in real processes: none stands in another's way."""

from __future__ import annotations

import signal
from pathlib import Path

from coach.store import Batch, open_store
from tests.support.model_process import model_process, requests, write_calls
from tests.support.programs import READY_S, Program


def batches(program: Program) -> dict[str, Batch]:
    """The newest batch of each company."""
    with open_store(None, program.home) as store:
        return {batch.recipe.company: batch for batch in reversed(store.batches.all())}


def test_a_run_leaves_the_calls_of_another_batch_alone(program: Program, tmp_path: Path) -> None:
    source, log = write_calls(tmp_path / "calls.jsonl", 9), tmp_path / "log"
    with model_process(log) as url:
        program.environment |= {"COACH_BASE_URL": url, "COACH_MODEL": "openai:fake"}
        program.run("batch", "run", source, "--company", "sunnybox", "--detach", "--yes")
        program.run("batch", "run", source, "--company", "fairwheel", "--yes")
        found = batches(program)
        assert (found["fairwheel"].state, found["fairwheel"].done) == ("done", 9)
        assert (found["sunnybox"].state, found["sunnybox"].done) == ("running", 0)
        program.run("batch", "resume", found["sunnybox"].id)
        assert batches(program)["sunnybox"].done == 9
    assert set(requests(log).values()) == {2}, "once for each company"


def test_a_worker_says_which_batch_it_cannot_judge_and_goes_on_with_the_others(
    program: Program, tmp_path: Path
) -> None:
    source, log = write_calls(tmp_path / "calls.jsonl", 9), tmp_path / "log"
    with model_process(log) as url, model_process(tmp_path / "other-log") as elsewhere:
        program.environment |= {"COACH_BASE_URL": elsewhere, "COACH_MODEL": "openai:fake"}
        program.run("batch", "run", source, "--company", "fairwheel", "--detach", "--yes")
        program.environment["COACH_BASE_URL"] = url
        worker = program.start("worker")
        program.run("batch", "run", source, "--company", "sunnybox", "--detach", "--yes")
        program.until(lambda b: b.state == "done")
        left = batches(program)["fairwheel"]
        assert (left.state, left.done) == ("running", 0)
        shown = program.run("batch", "status", left.id)
        assert shown.count("another corpus, prompt, embedder or version") == 1
        assert worker.poll() is None

        program.environment["COACH_BASE_URL"] = elsewhere
        program.run("batch", "resume", left.id)
        assert batches(program)["fairwheel"].done == 9
        worker.send_signal(signal.SIGTERM)
        _, err = worker.communicate(timeout=READY_S)
    assert worker.returncode == 0, err
    assert "is not judged here" in err
    assert set(requests(log).values()) == {1}


def test_a_batch_that_another_process_runs_is_not_resumed(program: Program, tmp_path: Path) -> None:
    source, log = write_calls(tmp_path / "calls.jsonl", 60), tmp_path / "log"
    with model_process(log, wait_s=0.5) as url:
        program.environment |= {"COACH_BASE_URL": url, "COACH_MODEL": "openai:fake"}
        process = program.start("batch", "run", source, "--company", "sunnybox", "--yes")
        batch = program.until(lambda b: b.done >= 1).id
        process.send_signal(signal.SIGSTOP)  # so that it cannot end before the other has begun
        try:
            said = program.run("batch", "resume", batch, code=2)
        finally:
            process.send_signal(signal.SIGCONT)
        assert f"is running in process {process.pid} on host" in said
        assert len(said.strip().splitlines()) == 1, said
        _, err = process.communicate(timeout=READY_S)
        assert process.returncode == 0, err
    assert program.batch().done == 60
    assert set(requests(log).values()) == {1}
