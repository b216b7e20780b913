from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from coach.retrieval.index.building import ensure_collection, row_vectors
from coach.retrieval.index.client import folder_client
from coach.retrieval.index.nearest import EXACT_ROWS, ExactRows, GraphRows, Nearest, NoRows, open_rows
from coach.retrieval.index.rows import Row
from tests.retrieval.counting_embedder import CountingEmbedder

ROWS = [Row(f"row-{n:04}", (f"situation {n}", f"answer {n}" if n % 10 else "")) for n in range(400)]


@pytest.fixture
def both(tmp_path: Path) -> Iterator[tuple[Nearest, Nearest]]:
    """The same collection, searched exactly and through the graph."""
    with folder_client(tmp_path) as client:
        collection = ensure_collection(client, "rows", ROWS, CountingEmbedder())
        yield open_rows(collection, EXACT_ROWS), open_rows(collection, EXACT_ROWS + 1)
        client.close()


def test_the_graph_finds_what_comparing_all_finds(both: tuple[Nearest, Nearest]) -> None:
    exact, graph = both
    assert isinstance(exact, ExactRows)
    assert isinstance(graph, GraphRows)
    vectors = row_vectors(ROWS, CountingEmbedder())
    queries = row_vectors([Row(f"q{n}", (f"need {n}", f"reply {n}")) for n in range(20)], CountingEmbedder())
    for query, here, there in zip(queries, exact.find(queries, 5), graph.find(queries, 5), strict=True):
        best = [ROWS[row].id for row in np.argsort(-(vectors @ query))[:5]]
        assert here.ids == best
        assert set(there.ids) == set(best)
        for found in (here, there):
            expected = np.stack([vectors[int(row_id[-4:])] for row_id in found.ids])
            assert np.array_equal(found.vectors, expected)


def test_rows_run_out(both: tuple[Nearest, Nearest]) -> None:
    (found,) = both[0].find(np.ones((1, 32), dtype=np.float32), 1_000)
    assert sorted(found.ids) == [row.id for row in ROWS]


def test_no_rows_give_no_candidates() -> None:
    (found,) = NoRows().find(np.ones((1, 32), dtype=np.float32), 3)
    assert found.ids == []
    assert found.vectors.shape == (0, 32)
