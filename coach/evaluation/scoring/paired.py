"""Two judges on the same cases: is one better, or is it luck?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from coach.evaluation.records import Estimate
from coach.evaluation.scoring import confusion
from coach.evaluation.scoring.answers import Answer
from coach.evaluation.scoring.bootstrap import Clusters

Pair = tuple[Answer, Answer]
"""The answers of the first and of the second judge to one case."""


class PairedTest(NamedTuple):
    """How the second judge differs from the first.

    Attributes:
        cases: how many cases both answered.
        first_only, second_only: how many only one of them got right.
        p_accuracy: exact McNemar test of equal accuracy, two-sided.
        accuracy, macro_f1: second minus first, with paired intervals clustered by group.
    """

    cases: int
    first_only: int
    second_only: int
    p_accuracy: float
    accuracy: Estimate
    macro_f1: Estimate


def paired_test(pairs: Sequence[Pair]) -> PairedTest:
    """Compare two judges on the cases that both answered."""
    clusters = Clusters([first.gold.group for first, _ in pairs])
    before, after = (confusion.cells((pair[i].gold.verdict, pair[i].verdict) for pair in pairs) for i in (0, 1))
    first_only = sum(first.right and not second.right for first, second in pairs)
    second_only = sum(second.right and not first.right for first, second in pairs)
    n = len(pairs)
    return PairedTest(
        cases=n,
        first_only=first_only,
        second_only=second_only,
        p_accuracy=mcnemar_exact(first_only, second_only),
        accuracy=clusters.sums(lambda a, b: confusion.accuracy(b) - confusion.accuracy(a), before, after, n=n),
        macro_f1=clusters.sums(lambda a, b: confusion.macro_f1(b) - confusion.macro_f1(a), before, after, n=n),
    )


def mcnemar_exact(first_only: int, second_only: int) -> float:
    """Two-sided p of the exact McNemar test; 1 where the judges are right on the same cases.

    McNemar, "Note on the sampling error of the difference between correlated proportions", Psychometrika, 1947.
    """
    from scipy.stats import binomtest  # type: ignore[import-untyped]  # it ships no types

    discordant = first_only + second_only
    return float(binomtest(first_only, discordant).pvalue) if discordant else 1.0
