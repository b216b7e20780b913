"""Scores of retrieval alone."""

from __future__ import annotations

from collections.abc import Sequence

from coach.evaluation.records import Estimate
from coach.evaluation.scoring.answers import Answer
from coach.evaluation.scoring.bootstrap import Clusters
from coach.evaluation.scoring.ranking import ndcg_at, recall_at

CUTS = (3, 5, 10)


def retrieval_scores(answers: Sequence[Answer]) -> dict[str, Estimate]:
    """Means over the cases that want anything of a kind."""
    scores: dict[str, Estimate] = {}
    for kind in ("clause", "exemplar"):
        ranked = [
            (answer.gold.group, getattr(answer.outcome, f"{kind}s"), getattr(answer.gold, f"{kind}s"))
            for answer in answers
            if getattr(answer.gold, f"{kind}s")
        ]
        clusters = Clusters([group for group, _, _ in ranked])
        for k in CUTS:
            for name, measure in (("recall", recall_at), ("ndcg", ndcg_at)):
                values = [measure(found, wanted, k) for _, found, wanted in ranked]
                scores[f"{kind}_{name}_at_{k}"] = clusters.ratio(values, [1.0] * len(values))
    return scores
