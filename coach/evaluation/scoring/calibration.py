"""Whether a confidence means what it says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from coach.evaluation.scoring.bootstrap import Floats

BINS = 10


class Bin(NamedTuple):
    """Cases of about the same confidence: how sure the judge was, how often it was right, how many they are."""

    confidence: float
    accuracy: float
    n: int


def reliability(confidence: Floats, right: Floats) -> list[Bin]:
    """The reliability curve over up to ten bins of equal mass, by rising confidence; empty without cases."""
    order = np.argsort(confidence, kind="stable")
    return [
        Bin(float(confidence[part].mean()), float(right[part].mean()), len(part))
        for part in np.array_split(order, min(BINS, max(1, len(order))))
        if len(part)
    ]


def expected_calibration_error(confidence: Floats, right: Floats) -> float:
    """Mean distance of confidence and accuracy over bins of equal mass; NaN without cases.

    Equal mass and not equal width, so that no bin rests on a handful of cases (Nixon et al., "Measuring calibration in
    deep learning", CVPR workshops 2019).
    """
    n = len(confidence)
    if not n:
        return math.nan
    order = np.argsort(confidence, kind="stable")
    gaps = (confidence - right)[order]
    size, larger = divmod(n, min(BINS, n))
    starts = np.arange(min(BINS, n)) * size + np.minimum(np.arange(min(BINS, n)), larger)
    return float(np.abs(np.add.reduceat(gaps, starts)).sum() / n)


def accuracy_at(confidence: Sequence[float], right: Sequence[bool], cases: int, share: float) -> float:
    """Accuracy over the surest `share` of all cases; NaN where fewer got a verdict.

    Args:
        confidence: of the cases that got a verdict.
        right: whether it was right.
        cases: how many cases there are, with abstentions.
        share: in (0, 1].
    """
    wanted = math.ceil(share * cases)
    if not wanted or wanted > len(confidence):
        return math.nan
    order = np.argsort(-np.asarray(confidence), kind="stable")[:wanted]
    return float(np.asarray(right, dtype=np.float64)[order].mean())
