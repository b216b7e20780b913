"""What batches hold to: throughput, scaling over workers, the encoder's share, memory over 20,000 calls.

Run with `make bench-batches`; prints its figures, which docs/batches.md repeats. They are of the machine they ran on:
what else it does at the time belongs to them.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from coach.app import build_coach
from coach.batch_app import build_judging, make_recipe
from coach.jobs import running
from coach.jobs.worker import Worker
from coach.retrieval import MiniLMEmbedder
from coach.settings import load_settings
from coach.store import open_store
from tests.support.instant_judging import InstantJudging, instant_recipe
from tests.support.model_process import model_process, write_calls
from tests.support.postgres import new_database, postgres_server
from tests.support.programs import Program

pytestmark = pytest.mark.benchmark


@pytest.fixture
def program(tmp_path: Path) -> Program:
    home = tmp_path / "ready"
    build_coach(load_settings({"home": home}), company="sunnybox").close()
    return Program(home, tmp_path)


def test_640_calls_at_64_at_once_with_a_server_of_one_second(program: Program, tmp_path: Path) -> None:
    source = write_calls(tmp_path / "calls.jsonl", 640)
    with program, model_process(tmp_path / "log", wait_s=1.0) as url:
        program.environment |= {"COACH_BASE_URL": url, "COACH_MODEL": "openai:fake", "COACH_CONCURRENCY": "64"}
        process = program.start("batch", "run", source, "--company", "sunnybox", "--yes")
        program.until(lambda b: True)
        begun = time.time()
        cpu_before = _cpu(process.pid)
        program.until(lambda b: b.done >= 640, timeout_s=300)
        took, cpu = time.time() - begun, _cpu(process.pid) - cpu_before
        process.wait(timeout=60)
    print(
        f"\n640 calls, 64 at once, 1 s each: {took:.1f} s ({took / 10:.2f} times the ideal 10 s); "
        f"{cpu / 640 * 1000:.0f} ms of processor a call"
    )
    assert program.batch().done == 640


def test_three_workers_on_postgresql_against_one(program: Program, tmp_path: Path) -> None:
    took: dict[int, float] = {}
    with program, postgres_server(tmp_path / "pg") as server, model_process(tmp_path / "log", wait_s=1.0) as url:
        program.environment |= {"COACH_BASE_URL": url, "COACH_MODEL": "openai:fake", "COACH_CONCURRENCY": "8"}
        for count in (1, 3):
            source = write_calls(tmp_path / f"{count}.jsonl", 240, first=1000 * count)
            program.environment["COACH_DATABASE_URL"] = new_database(server)
            workers = [program.start("worker") for _ in range(count)]
            for worker in workers:
                assert worker.stderr is not None
                assert "is ready" in worker.stderr.readline()
            program.run("batch", "run", source, "--company", "sunnybox", "--detach", "--yes")
            first = program.until(lambda b: b.done > 0)
            begun = time.time()
            program.until(lambda b: b.done == 240, timeout_s=300)
            took[count] = (time.time() - begun) / (240 - first.done) * 240
            for worker in workers:
                worker.send_signal(signal.SIGTERM)
                worker.communicate(timeout=60)
    print(f"\n240 calls, 8 at once a worker: one {took[1]:.1f} s, three {took[3]:.1f} s: {took[1] / took[3]:.2f} times")


def test_share_of_the_encoder_with_the_local_judge(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shared = Path(__file__).resolve().parents[3] / "shared" / "calls"
    source = shared if shared.is_dir() else Path("corpus/sunnybox/calls")
    settings = load_settings({"home": tmp_path / "home"})
    build_coach(settings, company="sunnybox").close()
    encoded: list[list[str]] = []
    lock = threading.Lock()
    embed = MiniLMEmbedder.embed

    def noted(self: MiniLMEmbedder, texts: Sequence[str]) -> NDArray[np.float32]:
        with lock:
            encoded.append(list(texts))
        return embed(self, texts)

    monkeypatch.setattr(MiniLMEmbedder, "embed", noted)
    with open_store(None, tmp_path / "home") as store:
        judging = build_judging(settings, store, "sunnybox", "live", print)
        recipe = make_recipe(settings, judging, (str(source),), agent_speaker=None, mode="live")
        batch = running.begin(store, recipe, None)
        encoded.clear()
        begun = time.perf_counter()
        with Worker(store, lambda batch, tell: judging, tell=print) as worker:
            for found in running.work_on(store, worker, batch, judging.prepare, print):
                took, calls = time.perf_counter() - begun, found.done
    monkeypatch.undo()
    encoder = MiniLMEmbedder()
    begun = time.perf_counter()
    for texts in encoded:
        encoder.embed(texts)
    alone = time.perf_counter() - begun
    print(
        f"\nlocal judge, {calls} calls: {took:.1f} s ({calls / took:.0f} calls/s); the same {sum(map(len, encoded))} "
        f"texts encoded alone: {alone:.1f} s; share of the encoder {alone / took:.2f}"
    )


def test_20000_calls_with_the_instant_judge(tmp_path: Path) -> None:
    source = write_calls(tmp_path / "calls.jsonl", 20_000)
    process = psutil.Process()
    seen: list[tuple[float, int, float]] = []
    with open_store(None, tmp_path) as store:
        judging = InstantJudging()
        batch = running.begin(store, instant_recipe(str(source)), None)
        with Worker(store, lambda batch, tell: judging, tell=print) as worker:
            for found in running.work_on(store, worker, batch, judging.prepare, print):
                seen.append((time.perf_counter(), found.done, process.memory_info().rss / 1e6))
    after_1000 = next(memory for _, done, memory in seen if done >= 1000)
    at_start, at_end = _rate(seen, 500, 4000), _rate(seen, 16_500, 20_000)
    print(
        f"\n20,000 calls in {seen[-1][0] - seen[0][0]:.0f} s: memory {after_1000:.0f} MB after 1,000, "
        f"{seen[-1][2]:.0f} MB after 20,000; {at_start:.0f} calls/s at the start, {at_end:.0f} at the end"
    )
    assert seen[-1][1] == 20_000
    assert seen[-1][2] - after_1000 < 50


def _rate(seen: list[tuple[float, int, float]], first: int, last: int) -> float:
    inside = [(at, done) for at, done, _ in seen if first <= done <= last]
    return (inside[-1][1] - inside[0][1]) / (inside[-1][0] - inside[0][0])


def _cpu(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)
