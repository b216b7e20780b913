"""Reads a verdict from what lies near a moment: the contrast between honoured and missed, never bare similarity.

Four things are measured, and a multinomial logistic fitted on the train split turns them into probabilities: how much
more the agent's words are like those of honoured than of missed cases (a kernel vote, Nadaraya, "On estimating
regression", 1964), how much more the moment is like mixed cases than like others, how plainly the customer's need is
one in which the purpose can be missed, and whether the agent's words lean to honoured-when or to missed-when lines.

A case that is all but the same moment is a precedent: its verdict stands, so that what a coach decides counts at once.
The need alone never carries a verdict on the agent: where the agent's words are near nothing, or both measures of them
speak against the likeliest verdict, the judge abstains.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from importlib.resources import files

import yaml

from coach.domain.base import Frozen
from coach.domain.corpus import ClauseKind
from coach.domain.moment import ClauseHit, ExemplarHit, Retrieved
from coach.domain.review import Verdict

FEATURES = ("exemplar_contrast", "mixed_lead", "need_at_stake", "answer_leaning")
NEED_WEIGHT = 0.4
"""Share of the situation in how alike a moment and a mixed case are; the rest is the answer's."""
PRECEDENT = 0.7
"""A case this like the moment, in need and in answer (cosine), is a precedent and carries its own verdict."""
SAME_PRECEDENT = 0.02
BANDWIDTH = 0.08
"""Width of the kernel, in cosine."""
CLAUSES_AVERAGED = 3


class VerdictWeights(Frozen):
    """One class of the logistic; `weights` in the order of FEATURES."""

    weights: tuple[float, float, float, float]
    bias: float


class Calibration(Frozen):
    """Fitted by `python evals/fit_contrast.py` on the train split of `moments`; see evals/README.md.

    Attributes:
        mean, scale: of each feature over the train split.
        verdicts: the logistic over the scaled features.
        near: if the agent's words are less alike than this (cosine) to everything, nothing is near.
        decided: below this probability of the likeliest verdict the judge abstains.
    """

    mean: tuple[float, float, float, float]
    scale: tuple[float, float, float, float]
    verdicts: dict[Verdict, VerdictWeights]
    near: float
    decided: float


class Reading(Frozen):
    """What the contrast says of one moment.

    Attributes:
        verdict: the likeliest, or None where the judge abstains.
        confidence: its probability; 0 for None.
        near: whether the agent's words are near anything at all.
        principle: the one that the moment touches most.
    """

    verdict: Verdict | None
    confidence: float
    near: bool
    principle: str | None


def load_calibration() -> Calibration:
    """The shipped parameters."""
    text = files("coach.judging").joinpath("calibration.yaml").read_text("utf-8")
    return Calibration.model_validate(yaml.safe_load(text))


def read_contrast(retrieved: Retrieved, calibration: Calibration) -> Reading:
    """Weigh cases and clauses near one moment."""
    principle = _principle(retrieved.clauses)
    precedents = _precedents(retrieved)
    if precedents:
        agreed = len({hit.exemplar.verdict for hit in precedents}) == 1
        return Reading(
            verdict=precedents[0].exemplar.verdict if agreed else None,
            confidence=precedents[0].similarity if agreed else 0.0,
            near=True,
            principle=principle,
        )
    measured = features(retrieved)
    verdict, confidence = _likeliest(measured, calibration)
    answers = [hit.to_answer for hit in retrieved.clauses] + [hit.to_answer for hit in _cases(retrieved)]
    near = max(answers, default=0.0) >= calibration.near
    decided = near and confidence >= calibration.decided and not _contradicted(verdict, measured)
    return Reading(
        verdict=verdict if decided else None,
        confidence=round(confidence, 4) if decided else 0.0,
        near=near,
        principle=principle,
    )


def _precedents(retrieved: Retrieved) -> list[ExemplarHit]:
    """The most alike precedent and those as good as it; empty if there is none. If they differ, people must decide."""

    def alike(hit: ExemplarHit) -> float:
        return min(hit.to_need, hit.to_answer)

    best = max((alike(hit) for hit in _cases(retrieved)), default=0.0)
    return [hit for hit in _cases(retrieved) if best >= PRECEDENT and alike(hit) >= best - SAME_PRECEDENT]


def _likeliest(measured: Measures, c: Calibration) -> tuple[Verdict, float]:
    # What could not be measured counts as average: it speaks for nothing.
    scaled = [
        0.0 if value is None else (value - mean) / scale
        for value, mean, scale in zip(measured, c.mean, c.scale, strict=True)
    ]
    logits: dict[Verdict, float] = {
        verdict: line.bias + sum(w * x for w, x in zip(line.weights, scaled, strict=True))
        for verdict, line in c.verdicts.items()
    }
    best = max(logits, key=lambda verdict: logits[verdict])
    return best, 1 / sum(math.exp(logit - logits[best]) for logit in logits.values())


def _contradicted(verdict: Verdict, measured: Measures) -> bool:
    """Both measures of the agent's own words speak against the verdict, and only the situation speaks for it."""
    of_cases, of_clauses = measured[0] or 0.0, measured[3] or 0.0
    if verdict == "honored":
        return of_cases < 0 and of_clauses < 0
    return verdict == "missed" and of_cases > 0 and of_clauses > 0


Measures = tuple[float | None, float | None, float | None, float | None]


def features(retrieved: Retrieved) -> Measures:
    """The four measures, in the order of FEATURES; None where one side of a comparison has nothing to compare."""
    honored, missed = ([hit.to_answer for hit in hits] for hits in (retrieved.honored, retrieved.missed))
    mixed, others = _alikeness(retrieved.mixed), _alikeness((*retrieved.honored, *retrieved.missed))
    return (
        _log_mean_exp(honored) - _log_mean_exp(missed) if honored and missed else None,
        _log_mean_exp(mixed) - _log_mean_exp(others) if mixed and others else None,
        max(_cosines(retrieved, "missed", "need"), default=None),
        _lead(_cosines(retrieved, "honored", "answer"), _cosines(retrieved, "missed", "answer")),
    )


def _alikeness(hits: Iterable[ExemplarHit | ClauseHit]) -> list[float]:
    return [NEED_WEIGHT * hit.to_need + (1 - NEED_WEIGHT) * hit.to_answer for hit in hits]


def _log_mean_exp(values: Sequence[float]) -> float:
    top = max(values) / BANDWIDTH
    return top + math.log(sum(math.exp(value / BANDWIDTH - top) for value in values) / len(values))


def _cosines(retrieved: Retrieved, kind: ClauseKind, side: str) -> list[float]:
    return [hit.to_need if side == "need" else hit.to_answer for hit in retrieved.clauses if hit.clause.kind == kind]


def _lead(ones: Sequence[float], others: Sequence[float]) -> float | None:
    """By how much the best few of one side are above those of the other."""
    if not ones or not others:
        return None
    one, other = (sorted(values)[-CLAUSES_AVERAGED:] for values in (ones, others))
    return sum(one) / len(one) - sum(other) / len(other)


def _cases(retrieved: Retrieved) -> tuple[ExemplarHit, ...]:
    return (*retrieved.honored, *retrieved.missed, *retrieved.mixed)


def _principle(hits: Sequence[ClauseHit]) -> str | None:
    """The principle that the moment touches most."""
    touched = [hit for hit in hits if hit.clause.principle is not None]
    nearest = dict(zip(_alikeness(touched), touched, strict=True))
    return nearest[max(nearest)].clause.principle if nearest else None
