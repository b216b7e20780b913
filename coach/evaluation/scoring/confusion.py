"""Numbers that a confusion matrix carries, over stacks of matrices, so that resampling costs one pass.

A matrix is [4, 5]: rows are right verdicts, columns what the judge said, in the order of `VERDICTS`, the last column
for abstentions. An abstention is wrong for recall and accuracy and is no prediction for precision.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from coach.domain.review import Verdict
from coach.evaluation.scoring.bootstrap import Floats

VERDICTS: tuple[Verdict, ...] = ("missed", "mixed", "honored", "no_opportunity")
_ORDERED = 3
"""missed < mixed < honored have an order; no_opportunity and abstentions have no place in it."""


def cells(pairs: Iterable[tuple[Verdict | None, Verdict | None]]) -> Floats:
    """One matrix with a single 1 for each (right verdict, said verdict): [n, 4, 5]."""
    said_at = {None: len(VERDICTS)} | {verdict: n for n, verdict in enumerate(VERDICTS)}
    rows = [(VERDICTS.index(gold), said_at[said]) for gold, said in pairs]
    out = np.zeros((len(rows), len(VERDICTS), len(VERDICTS) + 1))
    for n, (row, column) in enumerate(rows):
        out[n, row, column] = 1
    return out


def macro_f1(matrix: Floats) -> Floats:
    """Mean F1 over the verdicts that occur among the right answers: all four on a full set."""
    right = _right(matrix)
    f1 = 2 * right / np.maximum(_golden(matrix) + _predicted(matrix), 1e-12)
    present = _golden(matrix) > 0
    return _sum(np.where(present, f1, 0.0)) / _sum(present.astype(np.float64))


def recall(matrix: Floats, verdict: Verdict) -> Floats:
    """Share of the cases with this right verdict that got it."""
    i = VERDICTS.index(verdict)
    return _right(matrix)[..., i] / _golden(matrix)[..., i]


def precision(matrix: Floats, verdict: Verdict) -> Floats:
    """Share of the cases that got this verdict for which it was right."""
    i = VERDICTS.index(verdict)
    return _right(matrix)[..., i] / _predicted(matrix)[..., i]


def accuracy(matrix: Floats) -> Floats:
    """Share of right verdicts among all cases."""
    return _sum(_right(matrix)) / _sum(matrix, (-2, -1))


def coverage(matrix: Floats) -> Floats:
    """Share of cases that got any verdict."""
    return _sum(_predicted(matrix)) / _sum(matrix, (-2, -1))


def accuracy_scored(matrix: Floats) -> Floats:
    """Share of right verdicts among the cases that got one."""
    return _sum(_right(matrix)) / _sum(_predicted(matrix))


def kappa(matrix: Floats) -> Floats:
    """Chance-corrected agreement (Cohen 1960); an abstention is a fifth answer, which never agrees."""
    total = _sum(matrix, (-2, -1))
    observed = _sum(_right(matrix)) / total
    expected = _sum(_golden(matrix) * _predicted(matrix)) / total**2
    return (observed - expected) / (1 - expected)


def weighted_kappa(matrix: Floats) -> Floats:
    """Cohen's kappa with linear weights over missed < mixed < honored; other answers and abstentions are left out."""
    part = matrix[..., :_ORDERED, :_ORDERED]
    steps = np.arange(_ORDERED)
    weights = np.abs(steps[:, None] - steps[None, :])
    chance = _sum(part)[..., :, None] * _sum(part, (-2,))[..., None, :]
    total = _sum(part, (-2, -1))
    return 1 - _sum(weights * part, (-2, -1)) * total / _sum(weights * chance, (-2, -1))


def _right(matrix: Floats) -> Floats:
    return np.diagonal(matrix[..., : len(VERDICTS)], axis1=-2, axis2=-1)


def _golden(matrix: Floats) -> Floats:
    return _sum(matrix)


def _predicted(matrix: Floats) -> Floats:
    return _sum(matrix[..., : len(VERDICTS)], (-2,))


def _sum(values: Floats, axes: tuple[int, ...] = (-1,)) -> Floats:
    total: Floats = values.sum(axis=axes)
    return total
