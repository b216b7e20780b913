"""Two runs, case by case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from coach.domain.review import Verdict
from coach.evaluation.records import Gold, RunFile, SplitChoice
from coach.evaluation.scoring.answers import Answer, answered
from coach.evaluation.scoring.paired import Pair, PairedTest, paired_test
from coach.evaluation.sets.cases import SetName

Change = Literal["better", "worse", "otherwise wrong"]


@dataclass(frozen=True, slots=True)
class ChangedCase:
    """A case on which the second run says something else; None stands for no verdict."""

    gold: Gold
    before: Verdict | None
    after: Verdict | None

    @property
    def change(self) -> Change:
        """What became of it."""
        if self.after == self.gold.verdict:
            return "better"
        return "worse" if self.before == self.gold.verdict else "otherwise wrong"


@dataclass(frozen=True, slots=True)
class Comparison:
    """What became of the cases that two runs share.

    Attributes:
        tests: by set and split, for the sets of single verdicts.
        changed: cases whose verdict differs, those that got worse first.
        only_first, only_second: how many cases just one of the runs has an answer to.
        regraded: how many have another right verdict in each run; they are left out.
    """

    tests: dict[tuple[SetName, SplitChoice], PairedTest]
    changed: tuple[ChangedCase, ...]
    only_first: int
    only_second: int
    regraded: int


def compare(first: RunFile, second: RunFile) -> Comparison:
    """Compare the answers of the first time each case was asked."""
    before, after = _answers(first), _answers(second)
    shared = [(before[key], after[key]) for key in before if key in after]
    pairs = [pair for pair in shared if pair[0].gold.verdict == pair[1].gold.verdict]
    single = [pair for pair in pairs if pair[1].gold.verdict is not None]
    changed = [ChangedCase(b.gold, a.verdict, b.verdict) for a, b in single if a.verdict != b.verdict]
    order: tuple[Change, ...] = ("worse", "otherwise wrong", "better")
    return Comparison(
        tests={key: paired_test(chosen) for key, chosen in _by_set(single)},
        changed=tuple(sorted(changed, key=lambda case: (order.index(case.change), case.gold.key))),
        only_first=len(before.keys() - after.keys()),
        only_second=len(after.keys() - before.keys()),
        regraded=len(shared) - len(pairs),
    )


def _answers(run: RunFile) -> dict[str, Answer]:
    asked = {gold.key for gold in run.cases if gold.set in run.scores}
    return {
        answer.gold.key: answer
        for answer in answered(run.cases, run.outcomes)
        if answer.outcome.repeat == 0 and answer.gold.key in asked
    }


def _by_set(pairs: list[Pair]) -> Iterator[tuple[tuple[SetName, SplitChoice], list[Pair]]]:
    splits: tuple[SplitChoice, ...] = ("train", "test", "all")
    for name in dict.fromkeys(pair[1].gold.set for pair in pairs):
        for split in splits:
            chosen = [p for p in pairs if p[1].gold.set == name and split in ("all", p[1].gold.split)]
            if chosen:
                yield (name, split), chosen
