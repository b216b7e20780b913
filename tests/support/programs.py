"""The program in real processes, for tests that stop, kill and restart it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from coach.store import Batch, open_store

READY_S = 240.0
"""Long, because a test must not fail on a machine that is busy with something else."""


class Program:
    """Runs `coach` in processes with a home folder of their own; whatever still runs at the end is killed.

    Args:
        ready_home: a home folder to copy, its index built.
        folder: where the copy goes.
    """

    def __init__(self, ready_home: Path, folder: Path) -> None:
        self.home = folder / "own-home"
        shutil.copytree(ready_home, self.home)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("COACH_")},
            "COACH_HOME": str(self.home),
            "COACH_CONCURRENCY": "8",
        }
        self._folder = folder
        self._running: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str | Path) -> subprocess.Popen[str]:
        """Start a command and go on."""
        process = subprocess.Popen(
            [sys.executable, "-m", "coach.cli.main", *map(str, arguments)],
            env=self.environment,
            cwd=self._folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._running.append(process)
        return process

    def run(self, *arguments: str | Path, code: int | None = 0) -> str:
        """Run a command to its end; both outputs together."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=READY_S)
        assert code is None or process.returncode == code, out + err
        return out + err

    def batch(self) -> Batch:
        """The newest batch as it stands."""
        with open_store(self.environment.get("COACH_DATABASE_URL"), self.home) as store:
            return store.batches.all()[0]

    def until(self, holds: Callable[[Batch], bool], timeout_s: float = READY_S) -> Batch:
        """Wait until something holds of the newest batch."""
        with open_store(self.environment.get("COACH_DATABASE_URL"), self.home) as store:
            end = time.monotonic() + timeout_s
            while time.monotonic() < end:
                batches = store.batches.all()
                if batches and holds(batches[0]):
                    return batches[0]
                time.sleep(0.05)
        raise AssertionError(f"did not happen within {timeout_s} s: {batches}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._running:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
            process.communicate()
