"""A batch as a person watches it: a bar on a terminal, a line a minute elsewhere."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Self

from rich.console import Console

from coach.rendering.safe import one_line
from coach.store import Batch

LINE_EVERY_S = 60.0
RATE_OVER_S = 60.0


class Watch:
    """Shows how a batch goes on standard error. A context manager.

    Args:
        console: standard error.
        clock: seconds that only rise.
    """

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        from rich.progress import BarColumn, Progress, TextColumn

        self._console = console
        self._clock = clock
        columns = (BarColumn(bar_width=24), TextColumn("{task.description}"))
        self._bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._bar.add_task("reading", total=None)
        self._seen: deque[tuple[float, int]] = deque()
        self._line_at = clock() + LINE_EVERY_S

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def tell(self, words: str) -> None:
        """One line, kept."""
        self._console.print(one_line(f"coach: {words}"), soft_wrap=True)

    def show(self, batch: Batch) -> None:
        """The batch as it stands."""
        now, ended = self._clock(), batch.done + batch.failed
        self._seen.append((now, ended))
        while len(self._seen) > 2 and now - self._seen[0][0] > RATE_OVER_S:
            self._seen.popleft()
        (since, then) = self._seen[0]
        rate = (ended - then) / (now - since) if now > since else 0.0
        line = progress_line(batch, rate)
        self._bar.update(self._task, description=line, completed=ended, total=max(batch.read, 1))
        if not self._console.is_terminal and now >= self._line_at:
            self._line_at = now + LINE_EVERY_S
            self.tell(line)


def progress_line(batch: Batch, rate: float) -> str:
    """Done, failed, rate (calls a second), tokens, cost and time left, in one line."""
    ended = batch.done + batch.failed
    parts = [f"{ended} of {batch.read}{'' if batch.read_all else ' read so far'}", f"{batch.failed} failed"]
    if batch.reused:
        parts.append(f"{batch.reused} judged earlier")
    parts.append(f"{rate:.1f} calls/s")
    parts += spent(batch)
    if batch.read_all and rate > 0 and batch.pending:
        parts.append(f"about {duration(batch.pending / rate)} left")
    return ", ".join(parts)


def spent(batch: Batch) -> list[str]:
    """Tokens and cost, where there are any."""
    tokens = batch.tokens_in + batch.tokens_out
    if not tokens:
        return []
    cost = [f"${batch.cost_usd:.4f}"] if batch.cost_usd else []
    return [f"{tokens:,} tokens", *cost]


def duration(seconds: float) -> str:
    """Seconds in words: "40 s", "12 min", "3 h 20 min"."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def summary_line(batch: Batch) -> str:
    """How a batch stands, for the end of a run and for `status`."""
    how = {"running": "running", "stopped": "stopped", "cancelled": "cancelled", "done": "done"}[batch.state]
    because = f" ({batch.stopped_because})" if batch.stopped_because else ""
    parts = [f"{batch.done} done", f"{batch.failed} failed"]
    if batch.reused:
        parts.append(f"{batch.reused} of them judged earlier")
    if batch.pending or not batch.read_all:
        parts.append(f"{batch.pending} waiting{'' if batch.read_all else ', more to read'}")
    return f"{batch.id}: {how}{because}: {', '.join([*parts, *spent(batch)])}"
