"""Scores of whole calls."""

from __future__ import annotations

from collections.abc import Sequence

from coach.evaluation.records import Estimate
from coach.evaluation.scoring.answers import Answer
from coach.evaluation.scoring.bootstrap import Clusters
from coach.evaluation.scoring.spans import compare_spans

ROUTINE = "no_opportunity"


def call_scores(answers: Sequence[Answer]) -> dict[str, Estimate]:
    """Whether moments are found, routine is left alone, and found moments get the right verdict.

    A moment is shown unless its verdict is no_opportunity; one that the judge could not score is shown as such.
    """
    gold = [[moment for moment in answer.gold.moments if moment.verdict != ROUTINE] for answer in answers]
    shown = [[said for said in answer.outcome.said if said.verdict != ROUTINE] for answer in answers]
    counts = [
        compare_spans([m.turns for m in g], [s.turns for s in said], answer.gold.turns)
        for g, said, answer in zip(gold, shown, answers, strict=True)
    ]
    clusters = Clusters([answer.gold.group for answer in answers])
    found = [len(c.matched) for c in counts]
    right = [
        sum(g[i].verdict == s[j].verdict for i, j in c.matched) for g, s, c in zip(gold, shown, counts, strict=True)
    ]
    quiet = [not g for g in gold]
    return {
        "moment_precision": clusters.ratio(found, [c.shown for c in counts]),
        "moment_recall": clusters.ratio(found, [c.gold for c in counts]),
        "moment_f1": clusters.ratio([2 * n for n in found], [c.shown + c.gold for c in counts]),
        "span_f1": clusters.ratio([2 * c.both_turns for c in counts], [c.shown_turns + c.gold_turns for c in counts]),
        "routine_left_alone": clusters.ratio(
            [c.routine - c.routine_shown for c in counts], [c.routine for c in counts]
        ),
        "routine_calls_quiet": clusters.ratio([q and not s for q, s in zip(quiet, shown, strict=True)], quiet),
        "verdict_accuracy_found": clusters.ratio(right, found),
    }
