"""What answers took."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coach.evaluation.records import Estimate
from coach.evaluation.scoring.answers import Answer


def usage_scores(answers: Sequence[Answer]) -> dict[str, Estimate]:
    """Tokens and cost of a request for one case, and how long it took.

    Cost is None where any price is unknown, and latency where any answer was replayed.
    """
    outcomes = [answer.outcome for answer in answers]
    n = len(outcomes)
    if not n:
        return {}
    costs = [outcome.cost_usd for outcome in outcomes]
    known = [cost for cost in costs if cost is not None]
    waited = [outcome.latency_ms for outcome in outcomes if outcome.latency_ms is not None]
    latency = [round(float(ms), 1) for ms in np.percentile(waited, [50, 95])] if len(waited) == n else [None, None]
    return {
        "tokens_in": Estimate(value=round(float(np.mean([o.tokens_in for o in outcomes])), 1), n=n),
        "tokens_out": Estimate(value=round(float(np.mean([o.tokens_out for o in outcomes])), 1), n=n),
        "cost_usd": Estimate(value=round(sum(known) / n, 6) if len(known) == n else None, n=n),
        "latency_ms_p50": Estimate(value=latency[0], n=n),
        "latency_ms_p95": Estimate(value=latency[1], n=n),
    }
