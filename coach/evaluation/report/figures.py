"""The figures of a report: confusion matrix, reliability curve, accuracy against coverage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coach.evaluation.scoring import confusion
from coach.evaluation.scoring.answers import Answer
from coach.evaluation.scoring.calibration import reliability

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of the matrix; `share` is of its row, in [0, 1]."""

    n: int
    share: float
    right: bool


@dataclass(frozen=True, slots=True)
class ConfusionView:
    """Rows: right verdicts; columns: what was said."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]


@dataclass(frozen=True, slots=True)
class CurveView:
    """Points in [0, 1] x [0, 1], origin below left.

    Attributes:
        title: which split they show.
        reliability: (mean confidence, accuracy) of each bin; `masses` are the bins' numbers of cases.
        coverage: (share of cases judged, accuracy over them), the surest first.
    """

    title: str
    reliability: tuple[Point, ...]
    masses: tuple[int, ...]
    coverage: tuple[Point, ...]


def confusion_view(answers: Sequence[Answer], title: str) -> ConfusionView:
    """The matrix over some answers."""
    counts = confusion.cells((answer.gold.verdict, answer.verdict) for answer in answers).sum(axis=0).astype(int)
    names = tuple(verdict.replace("_", " ") for verdict in confusion.VERDICTS)
    rows = tuple(
        (name, tuple(Cell(int(n), float(n / max(1, row.sum())), i == j) for j, n in enumerate(row)))
        for i, (name, row) in enumerate(zip(names, counts, strict=True))
    )
    return ConfusionView(title, (*names, "no verdict"), rows)


def curve_view(answers: Sequence[Answer], title: str) -> CurveView | None:
    """Both curves; None where nothing got a verdict."""
    sure = [(answer.said.confidence, answer.right) for answer in answers if answer.said and answer.said.verdict]
    if not sure:
        return None
    confidence = np.array([c for c, _ in sure])
    right = np.array([float(r) for _, r in sure])
    bins = reliability(confidence, right)
    ranked = right[np.argsort(-confidence, kind="stable")]
    accuracy = np.cumsum(ranked) / np.arange(1, len(ranked) + 1)
    # The first few answers make a curve of noise; it begins where a tenth of all cases is judged.
    first = max(1, len(answers) // 10)
    coverage = tuple(
        (round(n / len(answers), 4), round(float(accuracy[n - 1]), 4)) for n in range(first, len(ranked) + 1)
    )
    return CurveView(
        title=title,
        reliability=tuple((round(b.confidence, 4), round(b.accuracy, 4)) for b in bins),
        masses=tuple(b.n for b in bins),
        coverage=coverage,
    )
