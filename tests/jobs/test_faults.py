"""Real processes that are stopped, killed and cut off, and a model endpoint that misbehaves."""

from __future__ import annotations

import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from coach.store import open_store
from tests.support.model_process import model_process, requests, write_calls
from tests.support.postgres import new_database, postgres_server
from tests.support.programs import READY_S, Program

AT_ONCE = 8


def kill_and_resume(program: Program, source: Path, log: Path, calls: int, kills: int) -> None:
    """Kill the run at random points, resume it each time, and count what the endpoint saw."""
    chance = random.Random(7)
    points = sorted(chance.sample(range(calls // (kills + 2), calls - calls // (kills + 2)), kills))
    process = program.start("batch", "run", source, "--company", "sunnybox", "--yes")
    program.until(lambda b: True)
    batch = program.batch().id
    for point in points:
        program.until(lambda b, point=point: b.done + b.failed >= point)  # type: ignore[misc]
        process.send_signal(signal.SIGKILL)
        process.wait()
        process = program.start("batch", "resume", batch)
    _, err = process.communicate(timeout=READY_S)

    found = program.batch()
    assert (found.state, found.read, found.done + found.failed) == ("done", calls, calls), err
    with open_store(None, program.home) as store:
        ended = [result.item for result in store.items.results(batch)]
    assert len({item.seq for item in ended}) == calls
    assert all(item.reason for item in ended if item.status == "failed")

    answered = requests(log)
    repeated = sum(times - 1 for times in answered.values())
    garbled = sum(requests(log, "garbled").values())
    assert repeated <= kills * AT_ONCE + garbled, "only what was in flight may be asked again"
    done = sum(item.status == "done" for item in ended)
    assert len(answered) >= done


def test_a_run_that_is_killed_loses_nothing_and_repeats_only_what_was_in_flight(
    program: Program, tmp_path: Path
) -> None:
    source, log = write_calls(tmp_path / "calls.jsonl", 80), tmp_path / "log"
    with model_process(log, wait_s=0.05, trouble=0.1) as url:
        program.environment |= {"COACH_BASE_URL": url, "COACH_MODEL": "openai:fake"}
        kill_and_resume(program, source, log, 80, 1)


@pytest.mark.slow
def test_ten_kills_of_a_batch_of_300(program: Program, tmp_path: Path) -> None:
    source, log = write_calls(tmp_path / "calls.jsonl", 300), tmp_path / "log"
    with model_process(log, wait_s=0.1, trouble=0.1) as url:
        program.environment |= {"COACH_BASE_URL": url, "COACH_MODEL": "openai:fake"}
        kill_and_resume(program, source, log, 300, 10)


def test_ctrl_c_finishes_what_is_under_way_and_resume_asks_nothing_twice(program: Program, tmp_path: Path) -> None:
    source, log = write_calls(tmp_path / "calls.jsonl", 60), tmp_path / "log"
    with model_process(log, wait_s=0.3) as url:
        program.environment |= {"COACH_BASE_URL": url, "COACH_MODEL": "openai:fake"}
        process = program.start("batch", "run", source, "--company", "sunnybox", "--yes")
        program.until(lambda b: b.done >= 8)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=READY_S)
        assert process.returncode == 1
        assert "coach batch resume" in err
        stopped = program.batch()
        assert 0 < stopped.done < 60
        assert sum(requests(log).values()) == stopped.done, "every answer was kept"
        program.run("batch", "resume", stopped.id)
    assert program.batch().done == 60
    assert set(requests(log).values()) == {1}


def test_an_endpoint_that_is_down_burns_no_call(program: Program, tmp_path: Path) -> None:
    source, log = write_calls(tmp_path / "calls.jsonl", 30), tmp_path / "log"
    with model_process(log) as url:
        pass  # the address is right, and nobody is there
    program.environment |= {"COACH_BASE_URL": url, "COACH_MODEL": "openai:fake"}
    process = program.start("batch", "run", source, "--company", "sunnybox", "--yes")
    program.until(lambda b: b.read_all)
    time.sleep(3)
    assert program.batch().failed == 0
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=READY_S)
    assert process.returncode == 1
    assert "does not answer; waiting for it" in err
    with model_process(log) as url:
        program.environment["COACH_BASE_URL"] = url
        assert "another corpus, prompt, embedder or version" in program.run(
            "batch", "resume", program.batch().id, code=2
        ), "an endpoint elsewhere may be another model"


@pytest.mark.slow
def test_workers_on_one_database_share_a_batch_and_one_may_die(
    program: Program, tmp_path: Path, server_folder: Path
) -> None:
    source, log = write_calls(tmp_path / "calls.jsonl", 90), tmp_path / "log"
    with postgres_server(server_folder) as server, model_process(log, wait_s=0.3) as url:
        program.environment |= {
            "COACH_BASE_URL": url,
            "COACH_MODEL": "openai:fake",
            "COACH_DATABASE_URL": new_database(server),
        }
        said = program.run("batch", "run", source, "--company", "sunnybox", "--detach", "--yes")
        assert "90 calls queued" in said
        workers = [program.start("worker") for _ in range(3)]
        program.until(lambda b: b.done >= 30)
        workers[0].send_signal(signal.SIGKILL)
        program.until(lambda b: b.done >= 50)
        workers[1].send_signal(signal.SIGTERM)
        assert workers[1].wait(timeout=READY_S) == 0
        found = program.until(lambda b: b.state == "done")
        assert (found.done, found.failed) == (90, 0)
        repeated = sum(times - 1 for times in requests(log).values())
        assert repeated <= AT_ONCE, "the dead worker's, and no other"
        workers[2].send_signal(signal.SIGTERM)
        _, err = workers[2].communicate(timeout=READY_S)
        assert workers[2].returncode == 0, err


@pytest.mark.slow
def test_a_database_that_is_gone_for_20_s_is_waited_for(program: Program, tmp_path: Path, server_folder: Path) -> None:
    source, log = write_calls(tmp_path / "calls.jsonl", 120), tmp_path / "log"
    with postgres_server(server_folder) as server, model_process(log, wait_s=0.4) as url:
        program.environment |= {
            "COACH_BASE_URL": url,
            "COACH_MODEL": "openai:fake",
            "COACH_DATABASE_URL": new_database(server),
        }
        process = program.start("batch", "run", source, "--company", "sunnybox", "--yes")
        program.until(lambda b: b.done >= 20)
        server.stop()
        time.sleep(20)
        server.start()
        _, err = process.communicate(timeout=READY_S)
        assert process.returncode == 0, err
        assert "waiting for it, nothing is lost" in err
        assert "the database answers again" in err
        found = program.batch()
        assert (found.state, found.done, found.failed) == ("done", 120, 0)
        assert set(requests(log).values()) == {1}, "answers were held until they could be written"


def test_a_full_disk_ends_in_one_line_and_a_batch_that_resumes(program: Program, tmp_path: Path) -> None:
    source, log = write_calls(tmp_path / "calls.jsonl", 200), tmp_path / "log"
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", disk], capture_output=True)
    if mounted.returncode:
        pytest.skip("a small disk cannot be made here")
    try:
        with model_process(log, wait_s=0.05) as url:
            database = f"sqlite:///{disk / 'coach.sqlite'}"
            program.environment |= {
                "COACH_BASE_URL": url,
                "COACH_MODEL": "openai:fake",
                "COACH_DATABASE_URL": database,
            }
            process = program.start("batch", "run", source, "--company", "sunnybox", "--yes")
            program.until(lambda b: b.done >= 10)
            ballast = disk / "ballast"
            with ballast.open("wb", buffering=0) as file:
                try:
                    while True:
                        file.write(b"\0" * 4096)
                except OSError:
                    pass
            _, err = process.communicate(timeout=READY_S)
            assert process.returncode == 2, err
            assert "the disk is full" in err
            assert "Traceback" not in err
            ballast.unlink()
            before = program.batch()
            assert before.done < 200
            program.run("batch", "resume", before.id)
            assert program.batch().done == 200
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
