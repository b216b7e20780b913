"""Judges with known faults are measured as what they are, and fail the gate for the right reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from coach.evaluation.gate import GateResult, JudgeGate, Limit, check_gate, read_gate
from coach.evaluation.records import Estimate, Gold, Outcome, RunFile, SplitChoice
from coach.evaluation.run import Plan, Run
from coach.evaluation.scoring.scores import score
from coach.evaluation.sets.cases import SetName
from coach.evaluation.sets.lines import EvalSetError
from coach.judging.judge import Judge
from tests.evaluation.made_sets import CORPORA, gold_by_case, made_sets
from tests.support.scripted_judges import (
    chance,
    lenient,
    mostly_right,
    position_biased,
    scripted_bench,
    unstable,
)

SETS = made_sets()
GOLD = gold_by_case(SETS)
GATES = """
[scripted]
baseline = "unused.json"

[scripted.limits.moments.test]
macro_f1 = { at_least = 0.6, may_fall = 0.05 }
recall_missed = { at_least = 0.5 }
recall_honored = { at_least = 0.5 }
kappa = { at_least = 0.4 }

[scripted.limits.swaps.all]
swap_accuracy = { at_least = 0.4 }

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
    gate = _gate(tmp_path)
    return lambda run: check_gate(run, gate, make(mostly_right(GOLD, 0.8, 1)))


def _gate(folder: Path) -> JudgeGate:
    (folder / "gates.toml").write_text(GATES, encoding="utf-8")
    return read_gate(folder / "gates.toml", "scripted")


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
    run = make(mostly_right(GOLD, 0.8, seed=3))

    accuracy = number(run, "moments", "accuracy")
    assert covers(accuracy, 0.8)
    assert not covers(accuracy, 0.9)
    assert covers(number(run, "moments", "kappa"), (0.8 - 0.25) / 0.75)
    assert value(run, "moments", "ece") < 0.08
    assert covers(number(run, "swaps", "swap_accuracy"), 0.8 * 0.8)
    assert gated(run).passed


def test_a_position_biased_judge_gets_no_swap_right(make: Make, gated: Callable[[RunFile], GateResult]) -> None:
    run = make(position_biased())

    assert value(run, "swaps", "swap_accuracy") == 0
    assert value(run, "swaps", "swap_moved") == 0
    assert value(run, "swaps", "accuracy") == 0.5  # one side of each, so that plain accuracy looks like a coin
    assert abs(value(run, "moments", "kappa")) < 0.1
    assert fell(gated(run)) >= {("swaps", "swap_accuracy"), ("moments", "kappa")}


def test_an_unstable_judge_is_right_half_the_time_and_never_every_time(make: Make) -> None:
    run = make(unstable(GOLD), "moments", repeats=4)

    assert value(run, "moments", "accuracy") == 0.5
    assert value(run, "moments", "pass^4") == 0
    assert value(run, "moments", "steady") == 0
    limits: dict[SetName, dict[SplitChoice, dict[str, Limit]]] = {
        "moments": {"all": {"accuracy": Limit(at_least=0.4), "pass^4": Limit(at_least=0.4)}}
    }
    assert fell(check_gate(run, JudgeGate(baseline="", limits=limits), run)) == {("moments", "pass^4")}


def test_a_steady_judge_passes_every_time_where_it_passes_once(make: Make) -> None:
    run = make(mostly_right(GOLD, 0.8, seed=3), "moments", repeats=3)

    assert value(run, "moments", "pass^3") == value(run, "moments", "accuracy")
    assert value(run, "moments", "steady") == 1
    assert number(run, "moments", "pass^3").n == 400


def test_the_gate_lets_the_baseline_itself_through_and_lists_what_changed(make: Make, tmp_path: Path) -> None:
    gate = _gate(tmp_path)
    baseline, other = make(mostly_right(GOLD, 0.8, seed=1)), make(mostly_right(GOLD, 0.8, seed=2))

    assert check_gate(baseline, gate, baseline).passed
    assert check_gate(baseline, gate, baseline).changed == ()
    changed = check_gate(other, gate, baseline).changed
    before, after = ({o.key: o.said[0].verdict for o in run.outcomes} for run in (baseline, other))
    assert {case.gold.key for case in changed} == {key for key in before if before[key] != after[key]}
    order = ["worse", "otherwise wrong", "better"]
    assert [case.change for case in changed] == sorted((case.change for case in changed), key=order.index)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[scripted]\nlimits = {}", "scripted.baseline: field required"),
        ('[scripted]\nbaseline = "b"\n[scripted.limits.moments.all]\nkappa = {}', "a limit needs at_least"),
        ('[scripted]\nbaseline = "b"\n[scripted.limits.momemts.all]\nkappa = { at_least = 1 }', "input should be"),
        ("[scripted", "is no TOML"),
    ],
)
def test_a_broken_gate_is_refused(tmp_path: Path, text: str, fault: str) -> None:
    (tmp_path / "gates.toml").write_text(text, encoding="utf-8")

    with pytest.raises(EvalSetError, match=fault):
        read_gate(tmp_path / "gates.toml", "scripted")


def test_a_number_that_is_not_there_falls_through_the_gate(make: Make) -> None:
    run = make(lenient(), "swaps")
    limits: dict[SetName, dict[SplitChoice, dict[str, Limit]]] = {"moments": {"test": {"kapa": Limit(at_least=0)}}}

    assert fell(check_gate(run, JudgeGate(baseline="", limits=limits), run)) == {("moments", "kapa")}


def test_variants_that_masking_undid_are_in_no_flip_rate() -> None:
    cases = [
        Gold(
            key=f"moments/m{n}", set="moments", id=f"m{n}", company="c", split="test", group=f"g{n}", verdict="honored"
        )
        for n in range(4)
    ] + [
        Gold(
            key=f"fairness/f{n}",
            set="fairness",
            id=f"f{n}",
            company="c",
            split="test",
            group=f"g{n}",
            kind="name",
            base=f"moments/m{n}",
            verdict="honored",
            unchanged=n > 1,
        )
        for n in range(4)
    ]
    outcomes = [Outcome(key=gold.key, repeat=0) for gold in cases]

    numbers = score(cases, outcomes, ["fairness"])["fairness"]["all"]

    assert (numbers["unchanged"].value, numbers["unchanged"].n) == (2, 4)
    assert numbers["flip_rate"].n == numbers["flip_rate_name"].n == 2
