"""Judges with known faults are measured as what they are, and fail the gate for the right reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from coach.evaluation.gate import GateResult, check_gate, read_gate
from coach.evaluation.records import Estimate, RunFile
from coach.evaluation.run import Plan, Run
from coach.evaluation.sets.cases import SetName
from coach.judging.judge import Judge
from tests.evaluation.made_sets import CORPORA, gold_by_call, made_sets
from tests.support.scripted_judges import (
    chance,
    lenient,
    mostly_right,
    position_biased,
    scripted_bench,
    unstable,
)

SETS = made_sets()
GOLD = gold_by_call(SETS)
GATES = """
[scripted]
baseline = "unused.json"

[scripted.limits.moments.test]
macro_f1 = { at_least = 0.6, may_fall = 0.05 }
recall_missed = { at_least = 0.5 }
recall_honored = { at_least = 0.5 }
kappa = { at_least = 0.4 }

[scripted.limits.swaps.all]
swap_accuracy = { may_fall = 0.05 }

[scripted.limits.attacks.all]
flip_rate = { at_most = 0.0 }
"""

Make = Callable[..., RunFile]


@pytest.fixture
def make(tmp_path: Path) -> Make:
    import asyncio

    def made(judge: Judge, *names: SetName, repeats: int = 1) -> RunFile:
        plan = Plan("scripted", names or ("moments", "swaps", "attacks"), "all", None, repeats, mask=False)
        run = Run(plan, SETS, scripted_bench(judge, CORPORA))
        return asyncio.run(run.make(tmp_path / "run.json", tell=lambda done: None))

    return made


@pytest.fixture
def gated(tmp_path: Path, make: Make) -> Callable[[RunFile], GateResult]:
    (tmp_path / "gates.toml").write_text(GATES, encoding="utf-8")
    gate = read_gate(tmp_path / "gates.toml", "scripted")
    return lambda run: check_gate(run, gate, make(mostly_right(GOLD | dict.fromkeys(_swap_ids(), "honored"), 0.8, 1)))


def _swap_ids() -> list[str]:
    return [case.id for case in SETS.swaps]


def number(run: RunFile, name: SetName, metric: str) -> Estimate:
    return run.scores[name]["all"][metric]


def value(run: RunFile, name: SetName, metric: str) -> float:
    found = number(run, name, metric).value
    assert found is not None
    return found


def covers(estimate: Estimate, truth: float) -> bool:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low < truth < estimate.high


def fell(result: GateResult) -> set[tuple[str, str]]:
    return {(breach.set, breach.metric) for breach in result.breaches}


def test_a_lenient_judge_shows_in_recall_on_missed_and_in_kappa(
    make: Make, gated: Callable[[RunFile], GateResult]
) -> None:
    run = make(lenient())

    assert value(run, "moments", "recall_honored") == 1
    assert value(run, "moments", "recall_missed") == 0
    assert value(run, "moments", "accuracy") == 0.25
    assert value(run, "moments", "kappa") == 0
    assert value(run, "moments", "macro_f1") == 0.1  # F1 of honored is 0.4, of the other three 0
    assert value(run, "swaps", "swap_accuracy") == 0
    assert value(run, "attacks", "flip_rate") == 0
    assert value(run, "moments", "ece") == pytest.approx(0.65)
    assert fell(gated(run)) >= {("moments", "recall_missed"), ("moments", "kappa"), ("moments", "macro_f1")}
    assert ("moments", "recall_honored") not in fell(gated(run))
    assert ("attacks", "flip_rate") not in fell(gated(run))


def test_a_judge_by_chance_agrees_no_better_than_chance(make: Make, gated: Callable[[RunFile], GateResult]) -> None:
    run = make(chance(seed=7))

    kappa = number(run, "moments", "kappa")
    assert covers(kappa, 0)
    assert value(run, "attacks", "flip_rate") == pytest.approx(0.75, abs=0.06)
    assert fell(gated(run)) >= {("moments", "kappa"), ("attacks", "flip_rate")}


def test_a_judge_that_is_right_in_80_of_100_cases_is_measured_so(
    make: Make, gated: Callable[[RunFile], GateResult]
) -> None:
    run = make(mostly_right(GOLD | dict.fromkeys(_swap_ids(), "honored"), 0.8, seed=3))

    accuracy = number(run, "moments", "accuracy")
    assert covers(accuracy, 0.8)
    assert not covers(accuracy, 0.9)
    assert covers(number(run, "moments", "kappa"), (0.8 - 0.25) / 0.75)
    assert value(run, "moments", "ece") < 0.08
    assert ("moments", "recall_missed") not in fell(gated(run))


def test_a_position_biased_judge_gets_no_swap_right(make: Make, gated: Callable[[RunFile], GateResult]) -> None:
    run = make(position_biased())

    assert value(run, "swaps", "swap_accuracy") == 0
    assert value(run, "swaps", "swap_moved") == 0
    assert value(run, "swaps", "accuracy") == 0.5  # one side of each, so that plain accuracy looks like a coin
    assert abs(value(run, "moments", "kappa")) < 0.1
    assert ("moments", "kappa") in fell(gated(run))


def test_an_unstable_judge_is_right_half_the_time_and_never_every_time(make: Make) -> None:
    run = make(unstable(GOLD), "moments", repeats=4)

    assert value(run, "moments", "accuracy") == 0.5
    assert value(run, "moments", "pass^4") == 0
    assert value(run, "moments", "steady") == 0


def test_a_steady_judge_passes_every_time_where_it_passes_once(make: Make) -> None:
    run = make(mostly_right(GOLD, 0.8, seed=3), "moments", repeats=3)

    assert value(run, "moments", "pass^3") == value(run, "moments", "accuracy")
    assert value(run, "moments", "steady") == 1
    assert number(run, "moments", "pass^3").n == 400


def test_the_gate_lets_the_baseline_itself_through_and_lists_what_changed(make: Make, tmp_path: Path) -> None:
    (tmp_path / "gates.toml").write_text(GATES, encoding="utf-8")
    gate = read_gate(tmp_path / "gates.toml", "scripted")
    gold = GOLD | dict.fromkeys(_swap_ids(), "honored")
    baseline = make(mostly_right(gold, 0.8, seed=1))
    other = make(mostly_right(gold, 0.8, seed=2))
    gate = gate.model_copy(update={"limits": {"moments": gate.limits["moments"]}})

    assert check_gate(baseline, gate, baseline).passed
    assert check_gate(baseline, gate, baseline).changed == ()
    changed = check_gate(other, gate, baseline).changed
    verdicts = {run: {o.key: o.said[0].verdict for o in r.outcomes} for run, r in (("a", baseline), ("b", other))}
    assert {case.gold.key for case in changed} == {k for k, v in verdicts["a"].items() if verdicts["b"][k] != v}
    assert [case.change for case in changed] == sorted(
        (case.change for case in changed), key=["worse", "otherwise wrong", "better"].index
    )
