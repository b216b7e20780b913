"""All scores of a run: by set, by split."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from coach.evaluation.records import Estimate, Gold, Outcome, Scores, SplitChoice
from coach.evaluation.scoring.answers import Answer, answered
from coach.evaluation.scoring.calls import call_scores
from coach.evaluation.scoring.judgements import (
    axis_scores,
    confidence_scores,
    evidence_scores,
    label_scores,
    repeat_scores,
    verdict_scores,
)
from coach.evaluation.scoring.retrieval import retrieval_scores
from coach.evaluation.scoring.usage import usage_scores
from coach.evaluation.scoring.variants import Bases, drop_scores, flip_scores, swap_scores
from coach.evaluation.sets.cases import SetName


def score(cases: Sequence[Gold], outcomes: Sequence[Outcome], names: Iterable[SetName]) -> Scores:
    """Score a run.

    Args:
        cases: the right answers.
        outcomes: what came of asking, in any order.
        names: the sets that were asked for; base cases of variants alone are no set.

    Returns:
        For each set and each split that it has cases of, and for both together, numbers by name.
    """
    answers = list(answered(cases, outcomes))
    bases = {(answer.gold.key, answer.outcome.repeat): answer for answer in answers if answer.gold.set == "moments"}
    repeats = 1 + max((outcome.repeat for outcome in outcomes), default=0)
    scores: Scores = {}
    for name in names:
        scores[name] = {}
        for split in _splits(gold for gold in cases if gold.set == name):
            chosen = [gold for gold in cases if gold.set == name and split in ("all", gold.split)]
            keys = {gold.key for gold in chosen}
            scores[name][split] = score_part(
                name,
                chosen,
                [answer for answer in answers if answer.gold.key in keys],
                bases,
                repeats=repeats,
            ) | _counts(outcome for outcome in outcomes if outcome.key in keys)
    return scores


def score_part(
    name: SetName, cases: Sequence[Gold], answers: Sequence[Answer], bases: Bases, *, repeats: int
) -> dict[str, Estimate]:
    """The numbers of a set, or of any part of one."""
    if name == "calls":
        return call_scores(answers) | evidence_scores(answers) | usage_scores(answers)
    if name == "retrieval":
        return retrieval_scores(answers)
    if name == "moments":
        return (
            verdict_scores(answers)
            | confidence_scores(answers)
            | evidence_scores(answers)
            | axis_scores(answers)
            | label_scores(cases)
            | repeat_scores(answers, repeats)
            | usage_scores(answers)
        )
    if name == "swaps":
        return (
            swap_scores(answers)
            | verdict_scores(answers)
            | evidence_scores(answers)
            | repeat_scores(answers, repeats)
            | usage_scores(answers)
        )
    return flip_scores(answers, bases) | drop_scores(answers, bases) | evidence_scores(answers) | usage_scores(answers)


def _splits(cases: Iterable[Gold]) -> list[SplitChoice]:
    found = sorted({gold.split for gold in cases}, reverse=True)
    return [*found, "all"]


def _counts(outcomes: Iterable[Outcome]) -> dict[str, Estimate]:
    """How many answers there are, how many failed, and how many had no recording to be replayed from."""
    known = list(outcomes)
    missing = sum(outcome.missing for outcome in known)
    failed = sum(bool(outcome.error) and not outcome.missing for outcome in known)
    return {
        "answers": Estimate(value=float(len(known) - missing), n=len(known)),
        "failed": Estimate(value=float(failed), n=len(known)),
        "missing": Estimate(value=float(missing), n=len(known)),
    }
