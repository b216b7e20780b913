"""The gate: what a judge must reach, and how much worse than its baseline it may get."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, TypeAdapter, ValidationError, model_validator

from coach.domain.base import Frozen
from coach.errors import SettingsError
from coach.evaluation.comparing import ChangedCase, compare
from coach.evaluation.records import Estimate, Ingredients, RunFile, SplitChoice
from coach.evaluation.sets.cases import SetName
from coach.evaluation.sets.lines import EvalSetError

REFRESH = "refresh the baseline: coach eval run --out"


class Limit(Frozen):
    """What one number must keep to. `may_fall` and `may_rise` are against the baseline's number."""

    at_least: float | None = None
    at_most: float | None = None
    may_fall: float | None = Field(default=None, ge=0)
    may_rise: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _limits_something(self) -> Limit:
        if self.model_fields_set:
            return self
        raise ValueError("a limit needs at_least, at_most, may_fall or may_rise")


class JudgeGate(Frozen):
    """The gate of one judge. `baseline` is a run file, from the folder of the evals."""

    baseline: str
    limits: dict[SetName, dict[SplitChoice, dict[str, Limit]]]


@dataclass(frozen=True, slots=True)
class Breach:
    """A number that is not what it must be."""

    set: SetName
    split: SplitChoice
    metric: str
    value: Estimate | None
    demand: str


@dataclass(frozen=True, slots=True)
class GateResult:
    """What the gate says of a run.

    Attributes:
        breaches: numbers that fell too far.
        outdated: what changed in the checkout since the run was made, so that its numbers are no longer the judge's.
        stale: what changed between baseline and run, so that comparing them would mean nothing.
        changed: cases with another verdict than in the baseline; worth a look, and no reason to fail by itself.
    """

    breaches: tuple[Breach, ...]
    outdated: tuple[str, ...]
    stale: tuple[str, ...]
    changed: tuple[ChangedCase, ...]

    @property
    def passed(self) -> bool:
        """Whether the run may go through."""
        return not (self.breaches or self.outdated or self.stale)


def read_gate(path: Path, judge: str) -> JudgeGate:
    """The gate of a judge.

    Raises:
        EvalSetError: the file is missing or broken.
        SettingsError: it has no gate for this judge.
    """
    try:
        gates = TypeAdapter(dict[str, JudgeGate]).validate_python(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise EvalSetError(str(path), f"cannot be read: {(error.strerror or 'unreadable').lower()}") from None
    except tomllib.TOMLDecodeError as error:
        raise EvalSetError(str(path), f"is no TOML: {error}") from None
    except ValidationError as error:
        fault = error.errors(include_url=False, include_context=False, include_input=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise EvalSetError(str(path), fault["msg"].removeprefix("Value error, ").lower(), place=place) from None
    if judge not in gates:
        raise SettingsError(str(path), f"there is no gate for {judge}", remedy=f"there are {', '.join(sorted(gates))}")
    return gates[judge]


def check_gate(run: RunFile, gate: JudgeGate, baseline: RunFile, now: Ingredients | None = None) -> GateResult:
    """Hold a run against its limits, its baseline and the checkout.

    Args:
        run: the run.
        gate: its limits.
        baseline: what it is compared with.
        now: what the run would be made from today; None for a run that has only just been made.
    """
    return GateResult(
        breaches=tuple(_breaches(run, gate, baseline)),
        outdated=tuple(_changed(now, run.ingredients)) if now else (),
        stale=tuple(_changed(run.ingredients, baseline.ingredients)),
        changed=compare(baseline, run).changed,
    )


def _breaches(run: RunFile, gate: JudgeGate, baseline: RunFile) -> Iterator[Breach]:
    for name, splits in gate.limits.items():
        for split, metrics in splits.items():
            for metric, limit in metrics.items():
                value = _number(run, name, split, metric)
                for demand in _unmet(limit, value, _number(baseline, name, split, metric)):
                    yield Breach(name, split, metric, value, demand)


def _number(run: RunFile, name: SetName, split: SplitChoice, metric: str) -> Estimate | None:
    return run.scores.get(name, {}).get(split, {}).get(metric)


def _unmet(limit: Limit, estimate: Estimate | None, before: Estimate | None) -> Iterator[str]:
    """The demands that a number does not meet, in words. A number that is not there meets none."""
    value = None if estimate is None else estimate.value
    old = None if before is None else before.value
    if limit.at_least is not None and (value is None or value < limit.at_least):
        yield f"at least {limit.at_least:g}"
    if limit.at_most is not None and (value is None or value > limit.at_most):
        yield f"at most {limit.at_most:g}"
    if limit.may_fall is not None and (value is None or old is None or value < old - limit.may_fall - 1e-9):
        yield f"no more than {limit.may_fall:g} below the baseline's {_text(old)}"
    if limit.may_rise is not None and (value is None or old is None or value > old + limit.may_rise + 1e-9):
        yield f"no more than {limit.may_rise:g} above the baseline's {_text(old)}"


def _text(value: float | None) -> str:
    return "missing number" if value is None else f"{value:g}"


def _changed(now: Ingredients, then: Ingredients) -> Iterator[str]:
    """What differs between two makings of a run; sets and companies that only one has are no change."""
    for part in ("prompts", "corpora", "sets"):
        ours, theirs = getattr(now, part), getattr(then, part)
        only_prompts = set(ours) ^ set(theirs) if part == "prompts" else set()
        for name in sorted({name for name in set(ours) & set(theirs) if ours[name] != theirs[name]} | only_prompts):
            yield f"{_SINGULAR[part]} {name}"
    for part in ("answer_schema", "calibration", "code", "scorer", "embedder", "mask"):
        if getattr(now, part) != getattr(then, part):
            yield part.replace("_", " ")


_SINGULAR = {"prompts": "prompt", "corpora": "corpus", "sets": "set"}
