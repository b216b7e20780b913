"""Retrieval: whether what should come back does, and how far up."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence


def recall_at(found: Sequence[str], wanted: Collection[str], k: int) -> float:
    """Share of the wanted that is among the first k; NaN where nothing is wanted."""
    return len(set(found[:k]) & set(wanted)) / len(set(wanted)) if wanted else math.nan


def ndcg_at(found: Sequence[str], wanted: Collection[str], k: int) -> float:
    """Normalised discounted cumulative gain of the first k, every wanted one being worth 1; NaN where none is wanted.

    Järvelin & Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM TOIS, 2002; by scikit-learn.
    """
    from sklearn.metrics import ndcg_score  # type: ignore[import-untyped]  # it ships no types

    if not wanted:
        return math.nan
    shown = [*found[:k], *[""] * max(0, k - len(found))]
    # What was not found stands behind all k places; one place more, as a ranking of one is refused.
    places = [*shown, *(one for one in sorted(wanted) if one not in shown), ""]
    worth = [float(one in wanted) for one in places]
    return float(ndcg_score([worth], [[-float(place) for place in range(len(places))]], k=k))
