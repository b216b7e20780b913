"""Percentile intervals by resampling whole clusters (Field & Welsh, "Bootstrapping clustered data", JRSS B, 2007).

Cases of one call or one situation are alike, so that they are drawn together; single cases would give intervals that
are too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from coach.evaluation.records import Estimate

RESAMPLES = 1000
SEED = 20261121
LEVEL = 0.95

Floats = NDArray[np.float64]


class Clusters:
    """Rows in clusters, and the resamples that all statistics over these rows share.

    Args:
        groups: for each row the cluster it belongs to.
    """

    def __init__(self, groups: Sequence[str]) -> None:
        names = sorted(set(groups))
        position = {name: n for n, name in enumerate(names)}
        self._of_row = np.array([position[group] for group in groups], dtype=np.int64)
        self._count = len(names)
        generator = np.random.default_rng(SEED)
        chances = np.full(self._count, 1 / max(1, self._count))
        self._weights: Floats = (
            generator.multinomial(self._count, chances, RESAMPLES).astype(np.float64) if names else np.zeros((0, 0))
        )

    def sums(self, statistic: Callable[..., Floats], *values: ArrayLike, n: int) -> Estimate:
        """A statistic of sums over rows.

        Args:
            statistic: takes one array of sums for each of `values`, any leading axes (resamples) before the row's own.
            values: arrays [rows, ...].
            n: how many observations the number rests on.
        """
        by_cluster = [self._by_cluster(np.asarray(value, dtype=np.float64)) for value in values]
        with np.errstate(divide="ignore", invalid="ignore"):
            point = float(statistic(*(value.sum(axis=0) for value in by_cluster)))
            drawn = statistic(*(np.tensordot(self._weights, value, axes=1) for value in by_cluster))
        return self._estimate(point, drawn, n)

    def ratio(self, numerator: ArrayLike, denominator: ArrayLike) -> Estimate:
        """Sum over sum, such as a share of cases; rests on the denominator's observations."""
        total = round(float(np.sum(np.asarray(denominator, dtype=np.float64))))
        return self.sums(lambda a, b: a / b, numerator, denominator, n=total)

    def share(self, hits: Sequence[bool]) -> Estimate:
        """The share of rows that hold."""
        return self.ratio(hits, np.ones(len(hits)))

    def rows(self, statistic: Callable[[NDArray[np.int64]], float], *, n: int) -> Estimate:
        """A statistic that sums do not carry; it takes the numbers of the drawn rows, repeated as drawn. Slow."""
        everything = np.arange(len(self._of_row))
        drawn = [statistic(np.repeat(everything, times)) for times in self._weights.astype(np.int64)[:, self._of_row]]
        return self._estimate(statistic(everything) if len(everything) else math.nan, np.array(drawn), n)

    def _by_cluster(self, values: Floats) -> Floats:
        sums = np.zeros((self._count, *values.shape[1:]))
        np.add.at(sums, self._of_row, values)
        return sums

    def _estimate(self, point: float, drawn: Floats, n: int) -> Estimate:
        value = _number(point)
        finite = drawn[np.isfinite(drawn)]
        if value is None or self._count < 2 or not len(finite):
            return Estimate(value=value, n=n)
        tail = 50 * (1 - LEVEL)
        low, high = np.percentile(finite, [tail, 100 - tail])
        return Estimate(value=value, low=_number(low), high=_number(high), n=n)


def _number(value: float) -> float | None:
    return round(float(value), 4) if math.isfinite(value) else None
