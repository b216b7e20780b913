"""Verdict scores against hand-computed numbers and against scikit-learn."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sklearn.metrics import (  # type: ignore[import-untyped]
    accuracy_score,
    cohen_kappa_score,
    f1_score,
    precision_score,
    recall_score,
)

from coach.domain.review import Verdict
from coach.evaluation.scoring import confusion
from coach.evaluation.scoring.bootstrap import Floats
from coach.evaluation.scoring.confusion import VERDICTS

Pairs = Sequence[tuple[Verdict, Verdict | None]]

pairs_of_verdicts = st.lists(
    st.tuples(st.sampled_from(VERDICTS), st.sampled_from((*VERDICTS, None))), min_size=1, max_size=60
)


def matrix(pairs: Pairs) -> Floats:
    total: Floats = confusion.cells(pairs).sum(axis=0)
    return total


def columns(pairs: Pairs) -> tuple[list[str], list[str]]:
    return [gold for gold, _ in pairs], [said or "abstained" for _, said in pairs]


BY_HAND: Pairs = [
    ("missed", "missed"),
    ("missed", "missed"),
    ("missed", "honored"),
    ("missed", None),
    ("honored", "honored"),
    ("honored", "mixed"),
    ("mixed", "missed"),
    ("no_opportunity", "no_opportunity"),
]


def test_by_hand() -> None:
    m = matrix(BY_HAND)

    assert confusion.accuracy(m) == 4 / 8
    assert confusion.coverage(m) == 7 / 8
    assert confusion.accuracy_scored(m) == 4 / 7
    assert confusion.recall(m, "missed") == 2 / 4  # the abstention is a miss
    assert confusion.precision(m, "missed") == 2 / 3  # and is no prediction
    # F1: missed 2*2/(4+3), mixed 0, honored 2*1/(2+2), no_opportunity 1
    assert confusion.macro_f1(m) == pytest.approx((4 / 7 + 0 + 1 / 2 + 1) / 4)
    # chance: (4*3 + 1*1 + 2*2 + 1*1) / 64
    assert confusion.kappa(m) == pytest.approx((4 / 8 - 18 / 64) / (1 - 18 / 64))
    # of missed < mixed < honored the steps are 0 0 2 0 1 1; by chance, with rows 3 1 2 and columns 3 1 2 of 6
    chance = (3 * (1 * 1 + 2 * 2) + 1 * (3 * 1 + 2 * 1) + 2 * (3 * 2 + 1 * 1)) / 6
    assert confusion.weighted_kappa(m) == pytest.approx(1 - 4 / chance)


@given(pairs_of_verdicts)
def test_as_scikit_learn_has_it(pairs: Pairs) -> None:
    m = matrix(pairs)
    gold, said = columns(pairs)
    present = [verdict for verdict in VERDICTS if verdict in gold]

    assert confusion.accuracy(m) == pytest.approx(accuracy_score(gold, said))
    assert confusion.macro_f1(m) == pytest.approx(
        f1_score(gold, said, labels=present, average="macro", zero_division=0)
    )
    for verdict in present:
        recall = recall_score(gold, said, labels=[verdict], average="macro", zero_division=0)
        assert confusion.recall(m, verdict) == pytest.approx(recall)
        if verdict in said:
            precision = precision_score(gold, said, labels=[verdict], average="macro", zero_division=0)
            assert confusion.precision(m, verdict) == pytest.approx(precision)


@given(pairs_of_verdicts)
def test_kappa_as_scikit_learn_has_it(pairs: Pairs) -> None:
    gold, said = columns(pairs)
    assume(len({*gold, *said}) > 1)

    assert confusion.kappa(matrix(pairs)) == pytest.approx(cohen_kappa_score(gold, said))


@given(pairs_of_verdicts)
def test_weighted_kappa_as_scikit_learn_has_it(pairs: Pairs) -> None:
    ordered = VERDICTS[:3]
    kept = [(gold, said) for gold, said in pairs if gold in ordered and said in ordered]
    assume(len({verdict for pair in kept for verdict in pair}) > 1)

    expected = cohen_kappa_score(*columns(kept), labels=list(ordered), weights="linear")
    assert confusion.weighted_kappa(matrix(pairs)) == pytest.approx(expected)


def test_numbers_over_nothing_are_not_defined() -> None:
    m = matrix([("missed", None)])

    with np.errstate(all="ignore"):
        assert math.isnan(confusion.recall(m, "honored"))
        assert math.isnan(confusion.precision(m, "missed"))
        assert math.isnan(confusion.accuracy_scored(m))
