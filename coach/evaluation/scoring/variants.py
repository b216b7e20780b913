"""Whether verdicts hold still when only what must not matter changes, and move when the purpose does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from coach.evaluation.records import Estimate
from coach.evaluation.scoring import confusion
from coach.evaluation.scoring.answers import Answer
from coach.evaluation.scoring.bootstrap import Clusters

Bases = Mapping[tuple[str, int], Answer]
"""Answers to base cases by key and repeat."""


def flip_scores(variants: Sequence[Answer], bases: Bases) -> dict[str, Estimate]:
    """Share of variants whose verdict differs from the judge's own verdict on the base, in all and for each kind.

    Falling silent where the base got a verdict is a flip as well, and so is speaking up where it got none. A variant
    that masking makes the same as its base cannot flip: such are counted as `unchanged` and are in no rate.
    """
    based = [(variant, base) for variant in variants if (base := _base(variant, bases))]
    pairs = [(variant, base) for variant, base in based if not variant.gold.unchanged]
    kinds = sorted({variant.gold.kind for variant, _ in based})
    chosen = {"flip_rate": pairs} | {
        f"flip_rate_{kind}": [pair for pair in pairs if pair[0].gold.kind == kind] for kind in kinds
    }
    rates = {
        name: Clusters([variant.gold.group for variant, _ in some]).share(
            [variant.verdict != base.verdict for variant, base in some]
        )
        for name, some in chosen.items()
    }
    return rates | {"unchanged": Estimate(value=float(len(based) - len(pairs)), n=len(based))}


def drop_scores(variants: Sequence[Answer], bases: Bases) -> dict[str, Estimate]:
    """Macro-F1 on the variants, and by how much it is lower than on their bases."""
    pairs = [(variant, base) for variant in variants if (base := _base(variant, bases))]
    clusters = Clusters([variant.gold.group for variant, _ in pairs])
    after = confusion.cells((variant.gold.verdict, variant.verdict) for variant, _ in pairs)
    before = confusion.cells((base.gold.verdict, base.verdict) for _, base in pairs)
    return {
        "macro_f1": clusters.sums(confusion.macro_f1, after, n=len(pairs)),
        "macro_f1_drop": clusters.sums(
            lambda a, b: confusion.macro_f1(b) - confusion.macro_f1(a), after, before, n=len(pairs)
        ),
    }


def swap_scores(sides: Sequence[Answer]) -> dict[str, Estimate]:
    """Share of swaps with both sides right, and of those where the verdict moved at all."""

    def swap(answer: Answer) -> tuple[str, int]:
        return answer.gold.id, answer.outcome.repeat

    swaps = [list(pair) for _, pair in groupby(sorted(sides, key=swap), key=swap)]
    whole = [pair for pair in swaps if len(pair) == 2]
    clusters = Clusters([pair[0].gold.group for pair in whole])
    return {
        "swap_accuracy": clusters.share([all(side.right for side in pair) for pair in whole]),
        "swap_moved": clusters.share([pair[0].verdict != pair[1].verdict for pair in whole]),
    }


def _base(variant: Answer, bases: Bases) -> Answer | None:
    return bases.get((variant.gold.base, variant.outcome.repeat))
