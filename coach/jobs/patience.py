"""Waiting for a database that is away: it comes back, or the work is stopped with everything kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from coach.errors import StoreUnavailable

if TYPE_CHECKING:
    from tenacity import RetryCallState

T = TypeVar("T")

PATIENCE_S = 90.0


class Patience:
    """Tries again for a while, and tells once when it begins to wait and once when that is over.

    Args:
        tell: told in words.
        seconds: how long to go on trying.
    """

    def __init__(self, tell: Callable[[str], None], seconds: float = PATIENCE_S) -> None:
        self._tell = tell
        self._seconds = seconds
        self._away = threading.Event()

    def of(self, act: Callable[[], T]) -> T:
        """Do something with the store, as soon as it can be done.

        Raises:
            StoreUnavailable: the database did not come back in time.
        """
        from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential

        result = Retrying(
            retry=retry_if_exception_type(StoreUnavailable),
            stop=stop_after_delay(self._seconds),
            wait=wait_exponential(multiplier=0.25, max=5),
            before_sleep=self._waits,
            reraise=True,
        )(act)
        if self._away.is_set():
            self._away.clear()
            self._tell("the database answers again")
        return result

    def _waits(self, state: RetryCallState) -> None:
        if not self._away.is_set():
            self._away.set()
            error = state.outcome.exception() if state.outcome else None
            self._tell(f"{error}; waiting for it, nothing is lost")
