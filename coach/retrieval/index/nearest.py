"""The nearest rows of a collection: exactly where that is cheap, through Chroma's HNSW graph where it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api.models.Collection import Collection
    from numpy.typing import NDArray

# The graph is built with random levels, so that two builds of one corpus may differ in what they find. Up to this
# many rows (15 MB at 768 dimensions) the vectors are read once and compared one by one: exact, repeatable and faster.
EXACT_ROWS = 5_000


@dataclass(frozen=True)
class Candidates:
    """Rows near one query; `vectors` is float32 [len(ids), width of the collection]. In no particular order."""

    ids: list[str]
    vectors: NDArray[np.float32]


class Nearest(Protocol):
    """Finds candidates."""

    def find(self, queries: NDArray[np.float32], count: int) -> list[Candidates]:
        """Rows with the largest inner product.

        Args:
            queries: float32 [queries, width of the collection].
            count: how many rows to find for each, or all there are.

        Returns:
            One entry for each query.
        """
        ...


class NoRows:
    """A kind that the corpus has nothing of."""

    def find(self, queries: NDArray[np.float32], count: int) -> list[Candidates]:
        """See `Nearest.find`."""
        return [Candidates([], queries[:0]) for _ in queries]


class ExactRows:
    """All rows in memory."""

    def __init__(self, collection: Collection) -> None:
        import numpy as np

        content = collection.get(include=["embeddings"])
        by_id = dict(zip(content["ids"], np.asarray(content["embeddings"], dtype=np.float32), strict=True))
        self._ids = sorted(by_id)
        self._vectors = np.stack([by_id[row_id] for row_id in self._ids])

    def find(self, queries: NDArray[np.float32], count: int) -> list[Candidates]:
        """See `Nearest.find`."""
        import numpy as np

        products = queries @ self._vectors.T
        # Rows lie sorted by id, and a stable sort keeps them so where products are equal.
        best = np.argsort(-products, axis=1, kind="stable")[:, :count]
        return [Candidates([self._ids[row] for row in rows], self._vectors[rows]) for rows in best]


class GraphRows:
    """Rows that stay with Chroma; approximate (Malkov and Yashunin, "HNSW", TPAMI 2020)."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection

    def find(self, queries: NDArray[np.float32], count: int) -> list[Candidates]:
        """See `Nearest.find`."""
        import numpy as np

        found = self._collection.query(query_embeddings=queries, n_results=count, include=["embeddings"])
        vectors = found["embeddings"] or []
        return [
            Candidates(ids, np.asarray(rows, dtype=np.float32)) for ids, rows in zip(found["ids"], vectors, strict=True)
        ]


def open_rows(collection: Collection, rows: int) -> Nearest:
    """The right way to search a collection of that many rows."""
    return ExactRows(collection) if rows <= EXACT_ROWS else GraphRows(collection)
