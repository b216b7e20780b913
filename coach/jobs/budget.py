"""What a batch may still spend, counted before it is spent."""

from __future__ import annotations

import asyncio


class Budget:
    """Keeps a batch within its limit: a call is begun only if it and all under way are likely to fit.

    What a call will cost is not known before; it is taken to cost what the dearest so far did, and until one has cost
    anything each goes alone: a call that failed or had nothing to ask says nothing of the next. Used from one event
    loop.

    Args:
        limit: in USD; None for no limit.
        free: whether no call can cost anything.
    """

    def __init__(self, limit: float | None, *, free: bool = False) -> None:
        self._limit = limit
        self._free = free
        self._spent = 0.0
        self._dearest = 0.0
        self._under_way = 0
        self._changed = asyncio.Condition()

    @property
    def limit(self) -> float:
        """In USD; infinite where there is none."""
        return float("inf") if self._limit is None else self._limit

    def now(self, spent: float, limit: float | None) -> None:
        """What the store says: spent by all processes together, and the limit as it is now."""
        self._spent = max(self._spent, spent)
        self._limit = limit

    async def begin(self) -> bool:
        """Take one call under way, after waiting for those that may use up the rest; False if it does not fit."""
        async with self._changed:
            while not self._fits():
                if self._under_way == 0:
                    return False
                await self._changed.wait()
            self._under_way += 1
        return True

    async def end(self, cost: float) -> None:
        """One call has ended, at this cost."""
        async with self._changed:
            self._under_way -= 1
            self._spent += cost
            self._dearest = max(self._dearest, cost)
            self._changed.notify_all()

    def _fits(self) -> bool:
        if self._limit is None or self._free:
            return True
        if self._dearest == 0:
            return self._under_way == 0 and self._spent < self._limit
        return self._spent + self._dearest * (self._under_way + 1) <= self._limit
