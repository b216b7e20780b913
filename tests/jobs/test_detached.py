"""What is only queued, and cut off while it is read."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.support.model_process import write_calls
from tests.support.programs import READY_S, Program


def test_queueing_that_is_cut_off_does_not_claim_that_all_is_queued(program: Program, tmp_path: Path) -> None:
    source = write_calls(tmp_path / "calls.jsonl", 20_000)
    process = program.start("batch", "run", source, "--company", "sunnybox", "--detach")
    program.until(lambda b: b.read >= 1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=READY_S)
    found = program.batch()
    assert not found.read_all
    assert process.returncode == 1, err
    assert f"{found.read} calls queued, more to read" in err
    assert f"coach batch resume {found.id}" in err
    assert "coach worker" not in err
