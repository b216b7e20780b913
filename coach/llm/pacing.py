"""How many requests an endpoint gets at once: fewer when it limits the rate, none while it is down.

The limit is raised by one for every round of answers and halved at a 429 (additive increase, multiplicative decrease:
Chiu and Jain, "Analysis of the Increase and Decrease Algorithms", Computer Networks 17, 1989). That finds the requests
and tokens a minute that an account has without being told them; `Retry-After` stops all of them, not only the one that
was told. After several failures in a row of any request the circuit opens: one request at a time tries whether the
endpoint is back, the others wait.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from coach.errors import ModelUnavailable
from coach.llm.faults import Fault

OPENS_AFTER = 5
FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Turn:
    """Leave to send one request; `at` is when it was given."""

    at: float


class Pace:
    """Turns at one endpoint, for all that ask it from one event loop.

    Args:
        most: requests in flight, at the most.
        tell: told in words when the endpoint goes down, limits the rate or is back; called seldom.
        clock: seconds that only rise.
        sleep: how to wait.
    """

    def __init__(
        self,
        most: int,
        *,
        tell: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._most = most
        self._limit = float(most)
        self._tell = tell or (lambda words: None)
        self._clock = clock
        self._sleep = sleep
        self._in_flight = 0
        self._failures = 0
        self._down = False
        self._wait_s = FIRST_WAIT_S
        self._not_before = 0.0
        self._halved_at = float("-inf")
        self._opened_at = float("-inf")
        self._changed = asyncio.Condition()

    @property
    def down(self) -> bool:
        """Whether the endpoint is taken for down."""
        return self._down

    @property
    def limit(self) -> int:
        """Requests that may be in flight now."""
        return 1 if self._down else max(1, int(self._limit))

    async def enter(self) -> Turn:
        """Wait for a turn."""
        while True:
            wait_s = self._not_before - self._clock()
            if wait_s > 0:
                await self._sleep(wait_s)
            elif self._in_flight < self.limit:
                self._in_flight += 1
                return Turn(self._clock())
            else:
                async with self._changed:
                    if self._in_flight >= self.limit:
                        await self._changed.wait()

    def leave(self, turn: Turn, fault: Fault | None) -> bool:
        """Give a turn back.

        Args:
            turn: from `enter`.
            fault: why the request failed; None if it was answered, or called off.

        Returns:
            Whether the attempt counts as one of the request's own: not if the endpoint failed for everybody.
        """
        self._in_flight -= 1
        counts = True
        if fault is None or fault.kind is not ModelUnavailable:
            self._answered()
        elif fault.limited:
            self._slow_down(turn, fault)
            counts = False
        else:
            counts = not self._failed(turn)
        self._wake()
        return counts

    def _answered(self) -> None:
        if self._down:
            self._tell("the model endpoint answers again")
        self._down = False
        self._failures = 0
        self._wait_s = FIRST_WAIT_S
        self._limit = min(float(self._most), self._limit + 1 / self._limit)

    def _slow_down(self, turn: Turn, fault: Fault) -> None:
        now = self._clock()
        asked = fault.retry_after_s
        wait_s = self._spread(FIRST_WAIT_S) if asked is None else asked
        self._not_before = max(self._not_before, now + wait_s)
        self._failures = 0
        # Requests that were under way when the limit was halved say nothing about the new one.
        if turn.at > self._halved_at:
            self._halved_at = now
            self._limit = max(1.0, self._limit / 2)
            self._tell(f"the model endpoint limits the rate; going on with {self.limit} requests at once")

    def _failed(self, turn: Turn) -> bool:
        """Take note of a failure; whether it is one of an endpoint that is taken for down."""
        # What was under way when the circuit opened fails for the same reason, and says nothing of the time since.
        if turn.at <= self._opened_at:
            return True
        self._failures += 1
        if self._failures < OPENS_AFTER:
            return False
        if not self._down:
            self._down = True
            self._opened_at = self._clock()
            self._tell("the model endpoint does not answer; waiting for it, nothing is lost")
        self._not_before = max(self._not_before, self._clock() + self._spread(self._wait_s))
        self._wait_s = min(LONGEST_WAIT_S, self._wait_s * 2)
        return True

    def _spread(self, seconds: float) -> float:
        return seconds * random.uniform(0.75, 1.25)  # noqa: S311  # spreads load, guards nothing

    def _wake(self) -> None:
        async def wake() -> None:
            async with self._changed:
                self._changed.notify_all()

        self._waking = asyncio.ensure_future(wake())
