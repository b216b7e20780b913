"""From eval cases to the things a judge is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from coach.domain.transcript import Transcript
from coach.evaluation.records import Gold, SplitChoice
from coach.evaluation.sets.cases import (
    CallCase,
    Case,
    MomentCase,
    RetrievalCase,
    SetName,
    SwapCase,
    VariantCase,
)
from coach.evaluation.sets.loading import VARIANT_SETS, EvalSets

C = TypeVar("C", bound=Case)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to ask. `span` is the moment to judge; None asks for the whole call."""

    gold: Gold
    transcript: Transcript
    span: tuple[int, int] | None


def expand(sets: EvalSets, names: Iterable[SetName], split: SplitChoice, limit: int | None) -> list[Task]:
    """Tasks in the order of sets and lines.

    Args:
        sets: the checked sets.
        names: the sets to run. Variants bring the base cases they are compared with.
        split: which split; "all" for both.
        limit: at most so many cases of each set, spread evenly over it so that all companies come up; None for all.
    """
    chosen = set(names)
    tasks: dict[str, Task] = {}
    bases = {case.id: case for case in sets.moments}
    if "moments" in chosen:
        tasks |= _by_key(_moment(case) for case in _picked(sets.moments, split, limit))
    if "swaps" in chosen:
        tasks |= _by_key(task for case in _picked(sets.swaps, split, limit) for task in _swap(case))
    if "calls" in chosen:
        tasks |= _by_key(_call(case) for case in _picked(sets.calls, split, limit))
    if "retrieval" in chosen:
        tasks |= _by_key(_retrieval(case) for case in _picked(sets.retrieval, split, limit))
    for name in (name for name in VARIANT_SETS if name in chosen):
        for variant in _picked(sets.variants[name], split, limit):
            tasks |= _by_key([_moment(bases[variant.base]), _variant(name, variant, bases[variant.base])])
    return list(tasks.values())


def mark_unchanged(tasks: Sequence[Task], prepare: Callable[[Transcript], Transcript]) -> list[Task]:
    """The tasks again, those variants marked that read as their bases once both are prepared (masked)."""
    shown = {task.gold.key: (prepare(task.transcript).turns, task.span) for task in tasks}
    return [
        replace(task, gold=task.gold.model_copy(update={"unchanged": True}))
        if shown[task.gold.key] == shown.get(task.gold.base)
        else task
        for task in tasks
    ]


def _picked(cases: Iterable[C], split: SplitChoice, limit: int | None) -> Sequence[C]:
    chosen = [case for case in cases if split in ("all", case.split)]
    wanted = len(chosen) if limit is None else min(limit, len(chosen))
    return [chosen[n * len(chosen) // wanted] for n in range(wanted)]


def _by_key(tasks: Iterable[Task]) -> dict[str, Task]:
    return {task.gold.key: task for task in tasks}


def _moment(case: MomentCase) -> Task:
    gold = Gold(
        key=f"moments/{case.id}",
        set="moments",
        id=case.id,
        company=case.company,
        split=case.split,
        group=case.group,
        tags=case.tags,
        verdict=case.verdict,
        compliance=case.compliance,
        attribution=case.attribution,
        purpose_gap=case.purpose_gap,
        evidence_turns=case.evidence_turns,
        clauses=case.clauses,
        labels={label.by: label.verdict for label in case.labels},
    )
    return Task(gold, case.transcript, case.moment)


def _swap(case: SwapCase) -> Iterator[Task]:
    for side in case.sides:
        gold = Gold(
            key=f"swaps/{case.id}/{side.company}",
            set="swaps",
            id=case.id,
            company=side.company,
            split=case.split,
            group=case.id,
            tags=case.tags,
            verdict=side.verdict,
            labels={label.by: label.verdicts[side.company] for label in case.labels},
        )
        yield Task(gold, case.transcript, case.moment)


def _call(case: CallCase) -> Task:
    gold = Gold(
        key=f"calls/{case.id}",
        set="calls",
        id=case.id,
        company=case.company,
        split=case.split,
        group=case.id,
        tags=case.tags,
        moments=case.moments,
        turns=tuple(turn.index for turn in case.turns if turn.speaker in ("agent", "customer")),
    )
    return Task(gold, case.transcript, None)


def _retrieval(case: RetrievalCase) -> Task:
    gold = Gold(
        key=f"retrieval/{case.id}",
        set="retrieval",
        id=case.id,
        company=case.company,
        split=case.split,
        group=case.id,
        clauses=case.clauses,
        exemplars=case.exemplars,
    )
    return Task(gold, case.transcript, case.moment)


def _variant(name: SetName, case: VariantCase, base: MomentCase) -> Task:
    gold = Gold(
        key=f"{name}/{case.id}",
        set=name,
        id=case.id,
        company=base.company,
        split=case.split,
        group=base.group,
        tags=case.tags,
        kind=case.kind,
        base=f"moments/{base.id}",
        verdict=base.verdict,
        clauses=base.clauses,
    )
    return Task(gold, case.transcript, case.moment)
