"""Scores of single-moment judgements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

import numpy as np

from coach.evaluation.records import Estimate, Gold, Said
from coach.evaluation.scoring import confusion
from coach.evaluation.scoring.agreement import krippendorff_alpha, label_counts
from coach.evaluation.scoring.answers import Answer
from coach.evaluation.scoring.bootstrap import Clusters, Floats
from coach.evaluation.scoring.calibration import accuracy_at, expected_calibration_error

SHARES = (0.5, 0.8)


def verdict_scores(answers: Sequence[Answer]) -> dict[str, Estimate]:
    """How well verdicts agree with the right ones."""
    clusters = Clusters([answer.gold.group for answer in answers])
    cells = confusion.cells((answer.gold.verdict, answer.verdict) for answer in answers)

    def of(statistic: Callable[[Floats], Floats], n: int = len(answers)) -> Estimate:
        return clusters.sums(statistic, cells, n=n)

    scores = {"macro_f1": of(confusion.macro_f1), "accuracy": of(confusion.accuracy)}
    for verdict in confusion.VERDICTS:
        cases = sum(answer.gold.verdict == verdict for answer in answers)
        scores[f"recall_{verdict}"] = of(lambda m, v=verdict: confusion.recall(m, v), cases)  # type: ignore[misc]
        said = sum(answer.verdict == verdict for answer in answers)
        scores[f"precision_{verdict}"] = of(lambda m, v=verdict: confusion.precision(m, v), said)  # type: ignore[misc]
    scored = sum(answer.verdict is not None for answer in answers)
    return scores | {
        "kappa": of(confusion.kappa),
        "weighted_kappa": of(confusion.weighted_kappa, int(cells[:, :3, :3].sum())),
        "coverage": of(confusion.coverage),
        "accuracy_scored": of(confusion.accuracy_scored, scored),
    }


def confidence_scores(answers: Sequence[Answer]) -> dict[str, Estimate]:
    """Whether confidence means what it says, and what abstaining more would buy.

    No interval is given for `ece`: each resample's bins are noisier than the sample's, and noise only ever adds to a
    mean of absolute gaps, so that percentile intervals lie too high and may leave out the number itself.
    """
    sure = [(answer, answer.said) for answer in answers if answer.said and answer.said.verdict]
    confidence = np.array([said.confidence for _, said in sure])
    right = np.array([answer.right for answer, _ in sure], dtype=np.float64)
    ece = expected_calibration_error(confidence, right)
    scores = {"ece": Estimate(value=None if np.isnan(ece) else round(ece, 4), n=len(sure))}
    for share in SHARES:
        value = accuracy_at(list(confidence), list(right.astype(bool)), len(answers), share)
        scores[f"accuracy_at_{share:.0%}".rstrip("%")] = Estimate(
            value=None if np.isnan(value) else round(value, 4), n=int(np.ceil(share * len(answers)))
        )
    return scores


def evidence_scores(answers: Sequence[Answer]) -> dict[str, Estimate]:
    """Whether shown quotes stand, whether they are the telling ones, and how much the gate withheld."""
    clusters = Clusters([answer.gold.group for answer in answers])
    said = [[*answer.outcome.said] for answer in answers]
    quotes = [sum(one.quotes for one in each) for each in said]
    withheld = [answer.outcome.withheld for answer in answers]
    asked = [bool(answer.gold.evidence_turns and answer.said and answer.said.quotes) for answer in answers]
    return {
        "evidence_verified": clusters.ratio([sum(one.verified for one in each) for each in said], quotes),
        "evidence_withheld": clusters.ratio(withheld, np.add(quotes, withheld)),
        "evidence_turn": clusters.ratio(
            [a and _hits(answer.said, answer.gold) for a, answer in zip(asked, answers, strict=True)], asked
        ),
    }


def axis_scores(answers: Sequence[Answer]) -> dict[str, Estimate]:
    """Accuracy of the other axes, over cases that got a verdict, and whether a cited clause is a fitting one."""
    scored = [(answer.gold, answer.said) for answer in answers if answer.said and answer.said.verdict]
    clusters = Clusters([gold.group for gold, _ in scored])
    scores = {
        axis: clusters.share([getattr(gold, axis) == getattr(said, axis) for gold, said in scored])
        for axis in ("compliance", "attribution", "purpose_gap")
    }
    cited = [bool(gold.clauses and said.clauses) for gold, said in scored]
    hit = [bool(set(gold.clauses) & set(said.clauses)) for gold, said in scored]
    return scores | {"clause": clusters.ratio(np.logical_and(cited, hit), cited)}


def label_scores(cases: Iterable[Gold]) -> dict[str, Estimate]:
    """How well the readers agreed with one another before anything was settled."""
    labelled = [gold for gold in cases if len(gold.labels) >= 2]
    counts = label_counts(gold.labels for gold in labelled)
    clusters = Clusters([gold.group for gold in labelled])
    return {"alpha_labels": clusters.rows(lambda rows: krippendorff_alpha(counts[rows]), n=len(labelled))}


def repeat_scores(answers: Sequence[Answer], repeats: int) -> dict[str, Estimate]:
    """pass^N: share of cases that were right every time of N; nothing for a single run.

    Yao et al., "tau-bench", 2024: unlike the best of N it shows what a judge that wavers is worth.
    """
    if repeats < 2:
        return {}
    ordered = sorted(answers, key=lambda answer: answer.gold.key)
    cases = [list(each) for _, each in groupby(ordered, key=lambda answer: answer.gold.key)]
    whole = [each for each in cases if len(each) == repeats]
    clusters = Clusters([each[0].gold.group for each in whole])
    return {
        f"pass^{repeats}": clusters.share([all(answer.right for answer in each) for each in whole]),
        "steady": clusters.share([len({answer.verdict for answer in each}) == 1 for each in whole]),
    }


def _hits(said: Said | None, gold: Gold) -> bool:
    return said is not None and bool(set(said.evidence_turns) & set(gold.evidence_turns))
