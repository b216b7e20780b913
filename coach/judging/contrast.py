"""Reads a verdict from what lies near a moment: the contrast between honoured and missed, never bare similarity.

Two pieces of evidence are weighed. Exemplars vote by a kernel over how alike situation and answer are
(Nadaraya, "On estimating regression", 1964). Clauses vote by the difference between the nearest honoured-when and
missed-when line of the principle that the moment touches most. A logistic turns both into a probability.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from importlib.resources import files

import yaml

from coach.domain.base import Frozen
from coach.domain.moment import ClauseHit, ExemplarHit, Retrieved


class Calibration(Frozen):
    """Fitted on the train split of the eval sets; see evals/README.md.

    Attributes:
        need_weight: share of the situation in how alike two cases are; the rest is the answer's.
        bandwidth: kernel width in cosine.
        exemplar_weight, clause_weight, bias: the logistic.
        near: below this similarity of everything, nothing is near and the judge abstains.
        undecided: half-width of the band around 0.5 in which the judge abstains.
        mixed_margin: a nearest mixed case must be this much nearer than any other to carry the verdict.
    """

    need_weight: float
    bandwidth: float
    exemplar_weight: float
    clause_weight: float
    bias: float
    near: float
    undecided: float
    mixed_margin: float


class Reading(Frozen):
    """What the contrast says. `honored` is the probability that the purpose was honoured, given that it was touched."""

    honored: float
    nearest: float
    principle: str | None
    mixed: bool


def load_calibration() -> Calibration:
    """The shipped parameters."""
    text = files("coach.judging").joinpath("calibration.yaml").read_text("utf-8")
    return Calibration.model_validate(yaml.safe_load(text))


def read_contrast(retrieved: Retrieved, calibration: Calibration) -> Reading:
    """Weigh exemplars and clauses near one moment."""
    exemplars = _exemplar_logit(retrieved, calibration)
    principle, clause_contrast = _clause_contrast(retrieved.clauses, calibration)
    logit = calibration.exemplar_weight * exemplars + calibration.clause_weight * clause_contrast + calibration.bias
    return Reading(
        honored=1 / (1 + math.exp(-max(-30.0, min(30.0, logit)))),
        nearest=max([h.similarity for h in retrieved.clauses] + [h.similarity for h in _cases(retrieved)], default=0.0),
        principle=principle,
        mixed=_mixed_leads(retrieved, calibration),
    )


def alike(hit: ExemplarHit | ClauseHit, need_weight: float) -> float:
    """How alike a moment is to a case or a clause, need and answer weighed."""
    return need_weight * hit.to_need + (1 - need_weight) * hit.to_answer


def _cases(retrieved: Retrieved) -> tuple[ExemplarHit, ...]:
    return (*retrieved.honored, *retrieved.missed, *retrieved.mixed)


def _exemplar_logit(retrieved: Retrieved, c: Calibration) -> float:
    """Log odds of the kernel vote; 0 where one side has no case at all, since then there is no contrast."""
    honored = [alike(hit, c.need_weight) for hit in retrieved.honored]
    missed = [alike(hit, c.need_weight) for hit in retrieved.missed]
    if not honored or not missed:
        return 0.0
    return _log_sum_exp(honored, c.bandwidth) - _log_sum_exp(missed, c.bandwidth)


def _log_sum_exp(values: Iterable[float], bandwidth: float) -> float:
    scaled = [value / bandwidth for value in values]
    top = max(scaled)
    return top + math.log(sum(math.exp(value - top) for value in scaled))


def _clause_contrast(hits: Iterable[ClauseHit], c: Calibration) -> tuple[str | None, float]:
    """The principle touched most, and honoured minus missed within it; one-sided evidence counts by its lead."""
    best: dict[tuple[str, str], float] = {}
    for hit in hits:
        if hit.clause.principle is not None:
            key = (hit.clause.principle, hit.clause.kind)
            best[key] = max(best.get(key, -1.0), alike(hit, c.need_weight))
    if not best:
        return None, 0.0
    principle = max(best, key=lambda key: (best[key], key))[0]
    honored, missed = best.get((principle, "honored")), best.get((principle, "missed"))
    floor = min(best.values())
    return principle, (floor if honored is None else honored) - (floor if missed is None else missed)


def _mixed_leads(retrieved: Retrieved, c: Calibration) -> bool:
    if not retrieved.mixed:
        return False
    others = [alike(hit, c.need_weight) for hit in (*retrieved.honored, *retrieved.missed)]
    return alike(retrieved.mixed[0], c.need_weight) - max(others, default=0.0) >= c.mixed_margin
