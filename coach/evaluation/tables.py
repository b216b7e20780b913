"""Scores, gates and comparisons as tables for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from coach.domain.review import Verdict
from coach.evaluation.comparing import ChangedCase, Comparison
from coach.evaluation.gate import REFRESH, GateResult
from coach.evaluation.records import Estimate, SplitChoice

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table


def score_table(name: str, by_split: Mapping[SplitChoice, Mapping[str, Estimate]]) -> Table:
    """One set: a row for each number, a column for each split."""
    table = _table(set_title(name, by_split), "", *by_split)
    for metric in dict.fromkeys(metric for scores in by_split.values() for metric in scores):
        table.add_row(metric, *(estimate_text(scores.get(metric)) for scores in by_split.values()))
    return table


def set_title(name: str, by_split: Mapping[SplitChoice, Mapping[str, Estimate]]) -> str:
    """The name of a set, and where a replay lacks recordings, how many of its requests were answered."""
    answers = by_split.get("all", {}).get("answers")
    if answers is None or answers.value is None or answers.value == answers.n:
        return name
    return f"{name}: {answers.value:.0f} of {answers.n} answered"


def estimate_text(estimate: Estimate | None) -> str:
    """Such as `0.512 [0.460, 0.561] n=212`; a dash where there is no number."""
    if estimate is None or estimate.value is None:
        return "–"
    if estimate.low is None:
        return f"{estimate.value:.6g} n={estimate.n}"
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}] n={estimate.n}"


def gate_report(result: GateResult, judge: str, baseline: Path) -> Iterator[RenderableType]:
    """What fell, what changed since, and which cases changed their verdict."""
    if result.breaches:
        table = _table("What fell", "set", "split", "number", "is", "must be")
        for breach in result.breaches:
            table.add_row(breach.set, breach.split, breach.metric, estimate_text(breach.value), breach.demand)
        yield table
    if result.changed:
        yield from _changed(result.changed, "Verdicts that differ from the baseline's")
    if result.outdated:
        yield f"The run was made before this changed: {', '.join(result.outdated)}. Run again: coach eval run"
    if result.stale:
        yield f"Changed since the baseline was made: {', '.join(result.stale)}."
        yield f"{REFRESH} {baseline}"
    yield f"{judge}: {'passed' if result.passed else 'FAILED'}"


def comparison_report(comparison: Comparison, first: str, second: str) -> Iterator[RenderableType]:
    """Paired tests and the cases on which two runs differ."""
    yield f"A: {first}\nB: {second}"
    table = _table(
        "B against A", "set", "split", "cases", "only A right", "only B right", "p", "accuracy B−A", "macro-F1 B−A"
    )
    for (name, split), test in comparison.tests.items():
        counts = (str(number) for number in (test.cases, test.first_only, test.second_only))
        differences = (difference_text(test.accuracy), difference_text(test.macro_f1))
        table.add_row(name, split, *counts, f"{test.p_accuracy:.4f}", *differences)
    yield table
    yield "p: exact McNemar test, two-sided. Intervals: 95 %, paired bootstrap over groups of cases."
    yield from _changed(comparison.changed, "Cases with another verdict")
    for count, what in (
        (comparison.only_first, "answered in A only"),
        (comparison.only_second, "answered in B only"),
        (comparison.regraded, "left out: another right verdict in each run"),
    ):
        if count:
            yield f"{count} {what}"


def difference_text(estimate: Estimate) -> str:
    """Such as `+0.031 [-0.004, +0.066]`; a dash where there is no number."""
    if estimate.value is None:
        return "–"
    interval = "" if estimate.low is None else f" [{estimate.low:+.3f}, {estimate.high:+.3f}]"
    return f"{estimate.value:+.3f}{interval}"


def said(verdict: Verdict | None) -> str:
    """A verdict, or that there is none."""
    return verdict or "none"


def _changed(cases: Iterable[ChangedCase], title: str) -> Iterator[RenderableType]:
    listed = list(cases)
    if not listed:
        yield "No verdict changed."
        return
    table = _table(f"{title} ({len(listed)})", "case", "right", "before", "now", "")
    for case in listed:
        table.add_row(case.gold.key, said(case.gold.verdict), said(case.before), said(case.after), case.change)
    yield table


def _table(title: str, *columns: str) -> Table:
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column, no_wrap=True)
    return table
