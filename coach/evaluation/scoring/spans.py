"""Whole calls: whether the moments that matter are found, and the routine is left alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np

Span = tuple[int, int]
MIN_IOU = 0.3
MIN_COVER = 0.5


class CallCounts(NamedTuple):
    """What one call adds to the sums.

    Attributes:
        matched: pairs (gold position, shown position).
        gold, shown: moments.
        gold_turns, shown_turns, both_turns: turns in moments that should be, that are shown, and both.
        routine, routine_shown: turns that are routine, and those of them that lie in a shown moment.
    """

    matched: tuple[tuple[int, int], ...]
    gold: int
    shown: int
    gold_turns: int
    shown_turns: int
    both_turns: int
    routine: int
    routine_shown: int


def compare_spans(gold: Sequence[Span], shown: Sequence[Span], turns: Collection[int]) -> CallCounts:
    """Compare the moments of one call.

    Args:
        gold: first and last turn of the moments there are, both included.
        shown: of those that the judge shows.
        turns: numbers of all turns of agent and customer; what lies in no gold moment is routine.
    """
    should, are = _turns_in(gold, turns), _turns_in(shown, turns)
    return CallCounts(
        matched=matched(gold, shown),
        gold=len(gold),
        shown=len(shown),
        gold_turns=len(should),
        shown_turns=len(are),
        both_turns=len(should & are),
        routine=len(set(turns) - should),
        routine_shown=len(are - should),
    )


def matched(gold: Sequence[Span], shown: Sequence[Span]) -> tuple[tuple[int, int], ...]:
    """Pairs of positions, each moment in at most one pair: as many as can be, of them the best overlapping.

    Two moments can be a pair if they overlap with an IoU of at least 0.3, or if the shown one covers at least half of
    the gold one.
    """
    from scipy.optimize import linear_sum_assignment  # type: ignore[import-untyped]  # it ships no types

    if not gold or not shown:
        return ()
    # 1 for a possible pair and less than 1/pairs for its quality, so that no quality outweighs one more pair.
    quality = 1 / (2 * min(len(gold), len(shown)))
    worth = np.array([[(1 + iou(g, s) * quality) if _can_pair(g, s) else 0.0 for s in shown] for g in gold])
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return tuple((int(g), int(s)) for g, s in zip(rows, columns, strict=True) if worth[g, s] > 0)


def iou(one: Span, other: Span) -> float:
    """Turns in both over turns in either."""
    both = _overlap(one, other)
    return both / (_length(one) + _length(other) - both)


def _can_pair(gold: Span, shown: Span) -> bool:
    return iou(gold, shown) >= MIN_IOU or _overlap(gold, shown) >= MIN_COVER * _length(gold)


def _overlap(one: Span, other: Span) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]) + 1)


def _length(span: Span) -> int:
    return span[1] - span[0] + 1


def _turns_in(spans: Sequence[Span], turns: Collection[int]) -> set[int]:
    return {turn for turn in turns if any(first <= turn <= last for first, last in spans)}
