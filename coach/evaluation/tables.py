"""Scores as tables for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from coach.evaluation.records import Estimate, SplitChoice

if TYPE_CHECKING:
    from rich.table import Table


def score_table(name: str, by_split: Mapping[SplitChoice, Mapping[str, Estimate]]) -> Table:
    """One set: a row for each number, a column for each split."""
    from rich.table import Table

    table = Table(title=name, title_justify="left", title_style="bold", box=None, pad_edge=False)
    table.add_column("", no_wrap=True)
    splits = list(by_split)
    for split in splits:
        table.add_column(split, no_wrap=True)
    metrics = dict.fromkeys(metric for scores in by_split.values() for metric in scores)
    for metric in metrics:
        table.add_row(metric, *(estimate_text(by_split[split].get(metric)) for split in splits))
    return table


def estimate_text(estimate: Estimate | None) -> str:
    """Such as `0.512 [0.460, 0.561] n=212`; a dash where there is no number."""
    if estimate is None or estimate.value is None:
        return "–"
    if estimate.low is None:
        return f"{estimate.value:.6g} n={estimate.n}"
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}] n={estimate.n}"
