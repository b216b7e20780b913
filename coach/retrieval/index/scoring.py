"""How near a row is to a moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from coach.retrieval.index.nearest import Candidates

DECIMALS = 4


@dataclass(frozen=True)
class Sides:
    """One moment as two vectors, float32 [dimensions], zeros where a side says nothing."""

    need: NDArray[np.float32]
    answer: NDArray[np.float32]

    @property
    def present(self) -> bool:
        """Whether either side says anything."""
        return bool(self.need.any() or self.answer.any())

    @property
    def weights(self) -> tuple[float, float]:
        """What the cosine of need and of answer counts: a half each, or all where the other side says nothing."""
        need, answer = bool(self.need.any()), bool(self.answer.any())
        return (0.5, 0.5) if need and answer else (float(need), float(answer))

    def query(self, texts: int) -> NDArray[np.float32]:
        """The vector whose inner product with a row is the row's similarity.

        The mean of two cosines is linear in the row, so one query finds the best by their mean; there is no need to
        search each side and join the lists.

        Args:
            texts: texts of a row: 1 if both sides are compared with one text, 2 if each has its own.
        """
        import numpy as np

        need, answer = (side * np.float32(w) for side, w in zip((self.need, self.answer), self.weights, strict=True))
        return need + answer if texts == 1 else np.concatenate([need, answer])


@dataclass(frozen=True)
class Score:
    """A row's cosines with both sides of a moment and their weighted mean, rounded to 4 decimals."""

    id: str
    similarity: float
    to_need: float
    to_answer: float


def score(sides: Sides, candidates: Candidates, count: int) -> list[Score]:
    """The best candidates, by falling similarity, ties by id.

    Args:
        sides: the moment.
        candidates: rows with one vector, or two side by side of which the first is compared with the need.
        count: how many to keep.
    """
    import numpy as np

    dimensions = sides.need.shape[0]
    # In float64 and row by row, so that the last digit does not depend on how many rows there are.
    vectors = candidates.vectors.astype(np.float64)
    to_need = np.einsum("rd,d->r", vectors[:, :dimensions], sides.need.astype(np.float64))
    to_answer = np.einsum("rd,d->r", vectors[:, -dimensions:], sides.answer.astype(np.float64))
    need_weight, answer_weight = sides.weights
    scores = [
        Score(
            id=row_id,
            similarity=round(need_weight * need + answer_weight * answer, DECIMALS),
            to_need=round(need, DECIMALS),
            to_answer=round(answer, DECIMALS),
        )
        for row_id, need, answer in zip(candidates.ids, to_need.tolist(), to_answer.tolist(), strict=True)
    ]
    return sorted(scores, key=lambda one: (-one.similarity, one.id))[:count]
