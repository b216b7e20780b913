"""Calibration, agreement, ranking, spans and intervals, against hand-computed numbers and other implementations."""

from __future__ import annotations

import math
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap  # type: ignore[import-untyped]

from coach.evaluation.records import Gold, Outcome, Said
from coach.evaluation.scoring.agreement import krippendorff_alpha, label_counts
from coach.evaluation.scoring.answers import answered
from coach.evaluation.scoring.bootstrap import Clusters
from coach.evaluation.scoring.calibration import accuracy_at, expected_calibration_error, reliability
from coach.evaluation.scoring.judgements import confidence_scores
from coach.evaluation.scoring.paired import mcnemar_exact
from coach.evaluation.scoring.ranking import ndcg_at, recall_at
from coach.evaluation.scoring.spans import compare_spans, iou, matched

spans = st.tuples(st.integers(0, 20), st.integers(0, 6)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def test_ece_by_hand() -> None:
    # Twenty cases in ten bins of two; the sure half is always right, the unsure half never.
    confidence = np.array([0.9] * 10 + [0.6] * 10)
    right = np.array([1.0] * 10 + [0.0] * 10)

    assert expected_calibration_error(confidence, right) == pytest.approx((10 * 0.1 + 10 * 0.6) / 20)
    curve = [(round(b.confidence, 9), b.accuracy, b.n) for b in reliability(confidence, right)]
    assert curve == [(0.6, 0.0, 2)] * 5 + [(0.9, 1.0, 2)] * 5


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=80))
def test_ece_is_the_weighted_gap_of_the_curve(cases: list[tuple[float, bool]]) -> None:
    confidence = np.array([c for c, _ in cases])
    right = np.array([float(r) for _, r in cases])
    bins = reliability(confidence, right)

    assert sum(b.n for b in bins) == len(cases)
    assert max(b.n for b in bins) - min(b.n for b in bins) <= 1
    gap = sum(b.n * abs(b.confidence - b.accuracy) for b in bins) / len(cases)
    assert expected_calibration_error(confidence, right) == pytest.approx(gap)


def test_ece_has_no_interval_as_resampling_only_adds_to_it() -> None:
    outcomes = [
        Outcome(
            key=f"moments/{n}",
            repeat=0,
            said=(
                Said(
                    turns=(0, 1),
                    verdict="honored" if n % 4 else "missed",
                    compliance="not_covered",
                    attribution="agent",
                    purpose_gap="none",
                    confidence=0.75,
                    evidence_turns=(),
                    quotes=0,
                    verified=0,
                    clauses=(),
                    flags=(),
                ),
            ),
        )
        for n in range(40)
    ]
    cases = [
        Gold(
            key=outcome.key,
            set="moments",
            id=outcome.key,
            company="c",
            split="test",
            group=outcome.key,
            verdict="honored",
        )
        for outcome in outcomes
    ]

    ece = confidence_scores(list(answered(cases, outcomes)))["ece"]

    assert (ece.low, ece.high, ece.n) == (None, None, 40)
    assert ece.value is not None


def test_accuracy_over_the_surest() -> None:
    confidence, right = [0.9, 0.8, 0.7], [True, True, False]

    assert accuracy_at(confidence, right, cases=4, share=0.5) == 1
    assert accuracy_at(confidence, right, cases=4, share=0.75) == pytest.approx(2 / 3)
    assert math.isnan(accuracy_at(confidence, right, cases=4, share=1))  # one case got no verdict


def test_alpha_of_the_textbook() -> None:
    # Krippendorff, "Computing Krippendorff's alpha-reliability", 2011, example A: alpha = 0.095.
    one, other = "0100000010", "1110010000"
    names = {"0": "missed", "1": "honored"}
    labels = [{"a": names[x], "b": names[y]} for x, y in zip(one, other, strict=True)]

    assert krippendorff_alpha(label_counts(labels)) == pytest.approx(0.095, abs=5e-4)  # type: ignore[arg-type]


def test_alpha_needs_two_labels_and_two_verdicts() -> None:
    assert math.isnan(krippendorff_alpha(label_counts([])))
    assert math.isnan(krippendorff_alpha(label_counts([{"a": "missed", "b": "missed"}])))
    assert math.isnan(krippendorff_alpha(label_counts([{"a": "missed"}, {"a": "honored"}])))


def test_recall_and_ndcg_by_hand() -> None:
    found = ["a", "x", "b", "y"]

    assert recall_at(found, {"a", "b", "c"}, 3) == pytest.approx(2 / 3)
    gain = 1 + 1 / math.log2(4)
    ideal = 1 + 1 / math.log2(3) + 1 / math.log2(4)
    assert ndcg_at(found, {"a", "b", "c"}, 3) == pytest.approx(gain / ideal)
    assert ndcg_at(found, {"a", "b"}, 4) == pytest.approx(gain / (1 + 1 / math.log2(3)))
    assert ndcg_at([], {"a"}, 5) == 0
    assert math.isnan(recall_at(found, set(), 3))
    assert math.isnan(ndcg_at(found, set(), 3))


def test_spans_by_hand() -> None:
    # Gold 2-5 and 10-11; shown 4-7 (IoU 2/6, enough) and 14-15 (nothing there).
    counts = compare_spans([(2, 5), (10, 11)], [(4, 7), (14, 15)], range(20))

    assert counts.matched == ((0, 0),)
    assert (counts.gold, counts.shown) == (2, 2)
    assert (counts.gold_turns, counts.shown_turns, counts.both_turns) == (6, 6, 2)
    assert (counts.routine, counts.routine_shown) == (14, 4)


def test_a_shown_span_over_half_of_a_gold_one_matches_however_long_it_is() -> None:
    assert iou((0, 19), (9, 10)) < 0.3
    assert matched([(9, 10)], [(0, 19)]) == ((0, 0),)
    # but one shown span finds only one moment
    assert len(matched([(1, 2), (9, 10)], [(0, 19)])) == 1


def test_more_pairs_win_over_better_ones() -> None:
    # 0-3 fits both shown spans, 3-6 only the first; the better single fit would leave 3-6 without a partner.
    assert set(matched([(0, 3), (3, 6)], [(1, 4), (0, 1)])) == {(0, 1), (1, 0)}


@given(st.lists(spans, max_size=3), st.lists(spans, max_size=3))
def test_no_pairing_has_more_pairs(gold: list[tuple[int, int]], shown: list[tuple[int, int]]) -> None:
    possible = {(g, s) for g, one in enumerate(gold) for s, two in enumerate(shown) if matched([one], [two])}
    # every shown moment, or nobody, for each gold one
    partners = [*range(len(shown)), *[-1] * len(gold)]
    best = max(sum((g, s) in possible for g, s in enumerate(order)) for order in permutations(partners, len(gold)))

    pairs = matched(gold, shown)
    assert set(pairs) <= possible
    assert len({g for g, _ in pairs}) == len({s for _, s in pairs}) == len(pairs) == best


def test_mcnemar_by_hand() -> None:
    # 1 against 7: both tails of a fair coin over 8 throws, 0 or 1 and 7 or 8.
    assert mcnemar_exact(1, 7) == pytest.approx(2 * (1 + 8) / 2**8)
    assert mcnemar_exact(5, 5) == 1
    assert mcnemar_exact(0, 0) == 1


def test_intervals_of_single_cases_are_as_scipy_has_them() -> None:
    generator = np.random.default_rng(5)
    hits = generator.random(200) < 0.7
    ours = Clusters([str(n) for n in range(200)]).share([bool(hit) for hit in hits])
    theirs = bootstrap((hits.astype(float),), np.mean, n_resamples=2000, method="percentile", rng=generator)

    assert ours.value == pytest.approx(hits.mean())
    assert ours.low == pytest.approx(theirs.confidence_interval.low, abs=0.015)
    assert ours.high == pytest.approx(theirs.confidence_interval.high, abs=0.015)


def test_cases_that_stand_or_fall_together_give_wider_intervals() -> None:
    hits = [n // 10 % 2 == 0 for n in range(200)]  # groups of ten, all alike
    single = Clusters([str(n) for n in range(200)]).share(hits)
    grouped = Clusters([str(n // 10) for n in range(200)]).share(hits)

    def width(low: float | None, high: float | None) -> float:
        assert low is not None
        assert high is not None
        return high - low

    assert width(grouped.low, grouped.high) > 2 * width(single.low, single.high)


def test_slow_and_fast_resampling_agree() -> None:
    hits = [n % 3 == 0 for n in range(90)]
    clusters = Clusters([str(n // 3) for n in range(90)])
    array = np.array(hits, dtype=float)

    assert clusters.rows(lambda rows: float(array[rows].mean()), n=90) == clusters.share(hits)


def test_one_cluster_gives_no_interval_and_no_rows_give_no_number() -> None:
    assert Clusters(["a", "a"]).share([True, False]).low is None
    assert Clusters([]).share([]).value is None
    assert Clusters([]).rows(lambda rows: 1.0, n=0).value is None
