"""A batch as a person watches it."""

from __future__ import annotations

import io
from datetime import UTC, datetime

from rich.console import Console

from coach.cli.watching import Watch, duration, progress_line, summary_line
from coach.store import Batch, BatchRecipe

RECIPE = BatchRecipe(
    sources=("calls",), company="c", model="m", embeddings="local", mask=True, slice_size=4, fingerprint="f"
)
NOW = datetime(2026, 11, 1, tzinfo=UTC)


def batch(done: int, failed: int = 0, *, read: int = 1000, read_all: bool = True, cost: float = 0.0) -> Batch:
    return Batch(
        id="b-1", recipe=RECIPE, state="running", round=0, read=read, read_all=read_all, done=done, failed=failed,
        reused=0, tokens_in=done * 100, tokens_out=done, cost_usd=cost, max_cost=None, stopped_because="",
        created_at=NOW, updated_at=NOW,
    )  # fmt: skip


def test_without_a_terminal_there_is_one_line_a_minute() -> None:
    now, said = 0.0, io.StringIO()
    with Watch(Console(file=said, width=200), clock=lambda: now) as watch:
        for second in range(0, 200, 5):
            now = float(second)
            watch.show(batch(second))
    lines = said.getvalue().splitlines()
    assert [line.split(",")[0] for line in lines] == [f"coach: {n} of 1000" for n in (60, 120, 180)]
    assert "1.0 calls/s" in lines[2]
    assert "about 14 min left" in lines[2]


def test_the_line_says_done_failed_rate_tokens_cost_and_time_left() -> None:
    line = progress_line(batch(300, 20, cost=1.5), 2.0)
    assert line == "320 of 1000, 20 failed, 2.0 calls/s, 30,300 tokens, $1.5000, about 6 min left"
    assert "read so far" in progress_line(batch(3, read=10, read_all=False), 1.0)
    assert summary_line(batch(10)) == "b-1: running: 10 done, 0 failed, 990 waiting, 1,010 tokens"


def test_durations_in_words() -> None:
    assert [duration(seconds) for seconds in (0.2, 59, 90, 3600 * 3 + 1200)] == ["1 s", "59 s", "2 min", "3 h 20 min"]
