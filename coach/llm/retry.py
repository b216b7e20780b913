"""Waiting and asking again: exponential backoff with full jitter, the endpoint's own wish first, one deadline over all.

Full jitter: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from coach.errors import ModelError
from coach.llm.chat import RetryNotice
from coach.llm.faults import Fault, fault_of

if TYPE_CHECKING:
    from tenacity import RetryCallState

T = TypeVar("T")


class RequestFailedError(Exception):
    """A request failed for good.

    Args:
        fault: what the last failure meant.
        attempts: how many requests were sent.
    """

    def __init__(self, fault: Fault, attempts: int = 1) -> None:
        self.fault = fault
        self.attempts = attempts
        super().__init__(fault.reason)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how long to try.

    Attributes:
        max_retries: requests after the first.
        timeout_s: limit of one request, in seconds.
        deadline_s: limit of all requests and waits together, in seconds.
        base_s: the first wait is drawn from [0, base_s], each further bound doubles.
        cap_s: no bound is larger, in seconds; a wait that the endpoint asks for may be.
        sleep: how to wait.
        on_retry: told before every wait.
    """

    max_retries: int
    timeout_s: float
    deadline_s: float
    base_s: float = 0.5
    cap_s: float = 30.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    on_retry: Callable[[RetryNotice], None] | None = None


async def with_retries(request: Callable[[], Awaitable[T]], policy: RetryPolicy) -> T:
    """Sends a request until it succeeds, fails for good, or the policy is used up.

    Raises:
        RequestFailedError: with the last fault.
    """
    from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, stop_before_delay

    async def once() -> T:
        try:
            async with asyncio.timeout(policy.timeout_s):
                return await request()
        except ModelError:
            raise
        except Exception as error:
            # The vendor's message may quote the transcript, so it must not be chained into a traceback.
            raise RequestFailedError(fault_of(error)) from None

    retrying = AsyncRetrying(
        sleep=policy.sleep,
        stop=stop_after_attempt(policy.max_retries + 1) | stop_before_delay(policy.deadline_s),
        wait=lambda state: _wait_s(state, policy),
        retry=retry_if_exception(lambda error: isinstance(error, RequestFailedError) and error.fault.transient),
        before_sleep=lambda state: _notify(state, policy),
        reraise=True,
    )
    try:
        return await retrying(once)
    except RequestFailedError as failed:
        raise RequestFailedError(failed.fault, retrying.statistics["attempt_number"]) from None


def _wait_s(state: RetryCallState, policy: RetryPolicy) -> float:
    bound = min(policy.cap_s, policy.base_s * 2.0 ** min(state.attempt_number - 1, 30))
    jitter = random.uniform(0, bound)  # noqa: S311  # spreads load, guards nothing
    asked = _fault(state).retry_after_s
    # Clients that were all told the same second must not all come back in it.
    return jitter if asked is None else asked + min(jitter, policy.base_s)


def _notify(state: RetryCallState, policy: RetryPolicy) -> None:
    if policy.on_retry is not None:
        policy.on_retry(RetryNotice(state.attempt_number, _fault(state).reason, state.upcoming_sleep))


def _fault(state: RetryCallState) -> Fault:
    error = state.outcome.exception() if state.outcome else None
    assert isinstance(error, RequestFailedError)  # noqa: S101  # tenacity waits only after what `retry` accepts
    return error.fault
