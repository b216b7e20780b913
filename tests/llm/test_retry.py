"""How long the client waits, and when it stops."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.errors import ModelUnavailable
from coach.llm import RetryNotice
from coach.llm.faults import retry_after_s
from tests.llm.conftest import SPOKEN, Ask
from tests.support.openai_server import OpenAIServer, answer, error, hang, rate_limited, server_error

OK = answer({"verdict": "honored", "confidence": 1})
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


def in_seconds(seconds: float) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("headers", "low", "high"),
    [
        (lambda: rate_limited(retry_after="7"), 7, 7.5),
        (lambda: rate_limited(retry_after_ms="250"), 0.25, 0.75),
        (lambda: rate_limited(retry_after="60", retry_after_ms="250"), 0.25, 0.75),
        (lambda: rate_limited(retry_after=in_seconds(20)), 18, 21),
        (lambda: rate_limited(retry_after=in_seconds(-20)), 0, 0.5),
        (lambda: rate_limited(retry_after="soon"), 0, 0.5),
        (lambda: error(503, headers={"Retry-After": "3"}), 3, 3.5),
    ],
)
async def test_endpoint_says_how_long(
    ask: Ask, waits: list[float], headers: Callable[[], object], low: float, high: float
) -> None:
    await ask(headers(), OK)  # type: ignore[arg-type]
    (wait,) = waits
    assert low <= wait <= high


async def test_bounds_double_and_are_jittered(ask: Ask, waits: list[float]) -> None:
    with pytest.raises(ModelUnavailable):
        await ask(server_error(), max_retries=9)
    bounds = [min(30.0, 0.5 * 2**n) for n in range(9)]
    assert all(0 <= wait <= bound for wait, bound in zip(waits, bounds, strict=True))
    assert len({wait / bound for wait, bound in zip(waits, bounds, strict=True)}) == 9


async def test_wait_past_the_deadline_is_not_begun(ask: Ask, server: OpenAIServer, waits: list[float]) -> None:
    with pytest.raises(ModelUnavailable, match="asks to wait 900 s"):
        await ask(rate_limited(retry_after="900"), deadline_s=600.0)
    assert (len(server.chats), waits) == (1, [])


async def test_deadline_ends_a_request_under_way(ask: Ask) -> None:
    with pytest.raises(ModelUnavailable, match=r"within 0\.2 s, retries included"):
        await ask(hang(), timeout_s=30.0, deadline_s=0.2)


async def test_endpoint_forbids_a_retry(ask: Ask, server: OpenAIServer) -> None:
    with pytest.raises(ModelUnavailable):
        await ask(error(500, headers={"x-should-retry": "false"}))
    assert len(server.chats) == 1


async def test_no_retries_means_one_request(ask: Ask, server: OpenAIServer) -> None:
    with pytest.raises(ModelUnavailable):
        await ask(server_error(), max_retries=0)
    assert len(server.chats) == 1


async def test_listener_is_told(ask: Ask, waits: list[float]) -> None:
    told: list[RetryNotice] = []
    await ask(error(500, SPOKEN), rate_limited(retry_after="2"), OK, on_retry=told.append)

    assert [(notice.attempt, notice.wait_s) for notice in told] == list(enumerate(waits, 1))
    assert [notice.reason for notice in told] == [
        "the endpoint failed (500 server_error)",
        "the endpoint limits the rate (429 rate_limit_exceeded), asks to wait 2 s",
    ]


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_header_gives_a_wait_or_none(seconds: str, millis: str) -> None:
    found = retry_after_s({"retry-after": seconds, "retry-after-ms": millis}, NOW)
    assert found is None or 0 <= found < float("inf")


@given(st.integers(0, 10**6))
def test_dates_and_seconds_agree(seconds: int) -> None:
    date = format_datetime(NOW + timedelta(seconds=seconds), usegmt=True)
    assert retry_after_s({"retry-after": date}, NOW) == retry_after_s({"retry-after": str(seconds)}, NOW) == seconds
