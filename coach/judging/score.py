"""The call's score, by the written formula and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from coach.domain.review import Counts, MomentReview

VALUE = {"honored": 1.0, "mixed": 0.5, "missed": 0.0}


def call_score(moments: Iterable[MomentReview]) -> float | None:
    """100 x sum(w v) / sum(w) over moments that count, in [0, 100], two decimals; None if none counts.

    A moment counts if it is attributed to the agent and honored (v = 1), mixed (0.5) or missed (0); w is its
    confidence.
    """
    counted = [
        (moment.confidence, VALUE[moment.verdict])
        for moment in moments
        if moment.attribution == "agent" and moment.verdict in VALUE
    ]
    weight = sum(w for w, _ in counted)
    if weight == 0:
        return None
    return round(100 * sum(w * v for w, v in counted) / weight, 2)


def count(moments: Iterable[MomentReview], withheld: int) -> Counts:
    """How many moments ended how."""
    by_verdict: Counter[str] = Counter(moment.verdict or "unscored" for moment in moments)
    return Counts(withheld=withheld, **by_verdict)
