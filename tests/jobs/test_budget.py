from __future__ import annotations

import asyncio

from coach.jobs.budget import Budget


async def spend(limit: float, costs: list[float], at_once: int) -> float:
    """What is spent of a budget by calls at these costs, several at once."""
    budget, spent = Budget(limit), 0.0
    slots = asyncio.Semaphore(at_once)

    async def call(cost: float) -> None:
        nonlocal spent
        async with slots:
            if await budget.begin():
                await asyncio.sleep(0.001)
                spent += cost
                await budget.end(cost)

    await asyncio.gather(*(call(cost) for cost in costs))
    return spent


async def test_no_more_is_begun_than_fits_whatever_is_under_way() -> None:
    assert 0.8 <= await spend(1.0, [0.1] * 100, at_once=16) <= 1.0


async def test_calls_of_uneven_cost_stay_within_the_dearest_of_the_limit() -> None:
    assert await spend(1.0, [0.01, 0.05, 0.1, 0.02] * 40, at_once=8) <= 1.1


async def test_what_others_spent_counts() -> None:
    budget = Budget(1.0)
    budget.now(1.0, 1.0)
    assert not await budget.begin()
    budget.now(1.0, 2.0)
    assert await budget.begin()


async def test_without_a_limit_nothing_is_refused() -> None:
    budget = Budget(None)
    assert all([await budget.begin() for _ in range(100)])


async def test_a_call_that_cost_nothing_says_nothing_of_the_next() -> None:
    assert await spend(1.0, [0.0, *[0.4] * 20], at_once=16) <= 1.0


async def test_where_nothing_can_cost_anything_calls_need_not_go_alone() -> None:
    budget = Budget(1.0, free=True)
    assert all([await budget.begin() for _ in range(10)])
