"""How many requests an endpoint gets at once."""

from __future__ import annotations

import asyncio

from coach.errors import ModelRejected, ModelUnavailable
from coach.llm.faults import Fault
from coach.llm.pacing import OPENS_AFTER, Pace

LIMITED = Fault(ModelUnavailable, "the endpoint limits the rate (429)", True, True, 2.0)
DOWN = Fault(ModelUnavailable, "no connection, or it broke", True)
REJECTED = Fault(ModelRejected, "the endpoint rejects the request (400)")


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


def paced(most: int) -> tuple[Pace, Clock, list[str]]:
    clock, told = Clock(), list[str]()
    return Pace(most, tell=told.append, clock=clock, sleep=clock.sleep), clock, told


async def test_a_429_stops_all_for_as_long_as_asked_and_halves_what_is_in_flight() -> None:
    pace, clock, told = paced(8)
    first, second = await pace.enter(), await pace.enter()
    assert not pace.leave(first, LIMITED), "no attempt of the request's own is spent"
    assert not pace.leave(second, LIMITED)
    assert pace.limit == 4, "requests of one round halve once"
    assert len(told) == 1
    await pace.enter()
    assert clock.now >= 102.0


async def test_answers_raise_the_limit_again_by_one_a_round() -> None:
    pace, _, _ = paced(8)
    pace.leave(await pace.enter(), LIMITED)
    for _ in range(5):
        pace.leave(await pace.enter(), None)
    assert pace.limit == 5
    for _ in range(100):
        pace.leave(await pace.enter(), None)
    assert pace.limit == 8, "never above what the user allows"


async def test_while_the_endpoint_is_down_one_at_a_time_tries_and_no_attempt_is_spent() -> None:
    pace, clock, told = paced(8)
    spent = [pace.leave(await pace.enter(), DOWN) for _ in range(OPENS_AFTER)]
    assert spent == [True] * (OPENS_AFTER - 1) + [False]
    assert (pace.down, pace.limit) == (True, 1)
    before = clock.now
    assert not pace.leave(await pace.enter(), DOWN)
    assert clock.now > before, "it waits before it tries"
    pace.leave(await pace.enter(), None)
    assert (pace.down, pace.limit) == (False, 8)
    assert [words.split(";")[0] for words in told] == [
        "the model endpoint does not answer",
        "the model endpoint answers again",
    ]


async def test_many_that_fail_together_are_one_outage_and_an_endpoint_that_comes_back_is_used_again_soon() -> None:
    pace, clock, told = paced(64)
    turns = [await pace.enter() for _ in range(64)]
    clock.now += 5.0
    for turn in turns[:60]:
        pace.leave(turn, DOWN)
    assert pace.down
    clock.now += 0.1  # some fail a little later
    for turn in turns[60:62]:
        assert not pace.leave(turn, DOWN), "no attempt of the request's own is spent"
    pace.leave(turns[62], None)
    assert not pace.leave(turns[63], DOWN)
    assert not pace.down
    before = clock.now
    assert pace.limit == 64
    await pace.enter()
    assert clock.now - before <= 1.25
    assert len(told) == 2


async def test_with_64_at_once_the_first_try_comes_after_a_second_and_only_failed_tries_widen_the_wait() -> None:
    pace, clock, _ = paced(64)
    for turn in [await pace.enter() for _ in range(64)]:
        pace.leave(turn, DOWN)
    waits = []
    for _ in range(3):
        before = clock.now
        turn = await pace.enter()
        waits.append(clock.now - before)
        pace.leave(turn, DOWN)
    assert 0.75 <= waits[0] <= 1.25
    assert 1.5 <= waits[1] <= 2.5
    assert 3.0 <= waits[2] <= 5.0
    pace.leave(await pace.enter(), None)
    assert (pace.down, pace.limit) == (False, 64)
    before = clock.now
    await pace.enter()
    assert clock.now == before


async def test_failures_between_answers_do_not_open_the_circuit() -> None:
    pace, _, _ = paced(8)
    for _ in range(OPENS_AFTER * 2):
        assert pace.leave(await pace.enter(), DOWN)
        pace.leave(await pace.enter(), None)
    assert not pace.down


async def test_an_endpoint_that_turns_requests_down_is_not_down() -> None:
    pace, _, _ = paced(8)
    for _ in range(OPENS_AFTER * 2):
        assert pace.leave(await pace.enter(), REJECTED)
    assert (pace.down, pace.limit) == (False, 8)


async def test_no_more_than_the_limit_are_under_way() -> None:
    pace, _, _ = paced(3)
    here = most = 0

    async def request() -> None:
        nonlocal here, most
        turn = await pace.enter()
        here += 1
        most = max(most, here)
        await asyncio.sleep(0.001)
        here -= 1
        pace.leave(turn, None)

    await asyncio.gather(*(request() for _ in range(30)))
    assert most == 3
