"""How well people agree with one another."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from coach.domain.review import Verdict
from coach.evaluation.scoring.confusion import VERDICTS


def label_counts(cases: Iterable[Mapping[str, Verdict]]) -> NDArray[np.int64]:
    """For each case how many readers gave each verdict: [cases, 4]."""
    rows = [[list(labels.values()).count(verdict) for verdict in VERDICTS] for labels in cases]
    return np.array(rows, dtype=np.int64).reshape(-1, len(VERDICTS))


def krippendorff_alpha(counts: NDArray[np.int64]) -> float:
    """Nominal alpha over cases with at least two labels; NaN where it is not defined, as with one verdict only.

    Krippendorff, "Content analysis", 2004; computed by the package `krippendorff`.
    """
    import krippendorff

    paired = counts[counts.sum(axis=1) >= 2]
    if (paired.sum(axis=0) > 0).sum() < 2:
        return math.nan
    return float(krippendorff.alpha(value_counts=paired, level_of_measurement="nominal"))
