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

    from coach.llm.pacing import Pace

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
        pace: where many requests share an endpoint, how many may be under way. A request that the endpoint only asks
            to come later, or that met an endpoint that is down for all, then spends no retry: it waits.
    """

    max_retries: int
    timeout_s: float
    deadline_s: float
    base_s: float = 0.5
    cap_s: float = 30.0
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    on_retry: Callable[[RetryNotice], None] | None = None
    pace: Pace | None = None


async def with_retries(request: Callable[[], Awaitable[T]], policy: RetryPolicy) -> T:
    """Sends a request until it succeeds, fails for good, or the policy is used up.

    Raises:
        RequestFailedError: with the last fault.
    """
    from tenacity import AsyncRetrying, retry_if_exception, stop_before_delay

    spent = 0

    async def once() -> T:
        try:
            async with asyncio.timeout(policy.timeout_s):
                return await request()
        except ModelError:
            raise
        except Exception as error:
            # The vendor's message may quote the transcript, so it must not be chained into a traceback.
            raise RequestFailedError(fault_of(error)) from None

    async def in_turn() -> T:
        nonlocal spent
        if policy.pace is None:
            spent += 1
            return await once()
        turn = await policy.pace.enter()
        fault: Fault | None = None
        try:
            return await once()
        except RequestFailedError as failed:
            fault = failed.fault
            raise
        finally:
            # Also when the request was called off: whoever waits for the turn must not wait for ever.
            counts = policy.pace.leave(turn, fault)
            spent += counts

    too_late = stop_before_delay(policy.deadline_s)
    retrying = AsyncRetrying(
        sleep=policy.sleep,
        stop=lambda state: spent > policy.max_retries or too_late(state),
        wait=lambda state: _wait_s(state, policy),
        retry=retry_if_exception(lambda error: isinstance(error, RequestFailedError) and error.fault.transient),
        before_sleep=lambda state: _notify(state, policy),
        reraise=True,
    )
    try:
        return await retrying(in_turn)
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
