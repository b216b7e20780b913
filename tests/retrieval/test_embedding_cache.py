from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.errors import SettingsError
from coach.retrieval import CachedEmbedder, EmbeddingCache, MiniLMEmbedder
from coach.retrieval.embedders.cache import text_key
from tests.retrieval.counting_embedder import CountingEmbedder


def test_nothing_is_embedded_twice(tmp_path: Path) -> None:
    inner = CountingEmbedder()
    cached = CachedEmbedder(inner, EmbeddingCache(tmp_path / "new" / "cache.sqlite"))
    first = cached.embed(["a", "b", "a", "c", "a"])
    assert inner.seen == ["a", "b", "c"]
    second = CachedEmbedder(inner, EmbeddingCache(tmp_path / "new" / "cache.sqlite")).embed(["c", "d", "a"])
    assert inner.seen == ["a", "b", "c", "d"]
    assert np.array_equal(second[[0, 2]], first[[3, 0]])


@settings(max_examples=40, deadline=None)
@given(calls=st.lists(st.lists(st.text(max_size=5), max_size=8), max_size=5))
def test_a_cache_changes_no_vector(tmp_path_factory: pytest.TempPathFactory, calls: list[list[str]]) -> None:
    inner, plain = CountingEmbedder(), CountingEmbedder()
    cache = EmbeddingCache(tmp_path_factory.mktemp("cache") / "cache.sqlite")
    cached = CachedEmbedder(inner, cache)
    for texts in calls:
        assert np.array_equal(cached.embed(texts), plain.embed(texts))
    assert len(inner.seen) == len(set(inner.seen))
    cache.close()


def test_cached_vectors_of_the_real_model_are_the_fresh_ones(tmp_path: Path, minilm: MiniLMEmbedder) -> None:
    cached = CachedEmbedder(minilm, EmbeddingCache(tmp_path / "cache.sqlite"))
    texts = [f"a ride of {n} miles " * n for n in range(1, 9)]
    cached.embed(texts[::2])
    assert np.array_equal(cached.embed(texts), minilm.embed(texts))
    assert (cached.id, cached.dimensions) == (minilm.id, minilm.dimensions)


def test_embedders_do_not_share_vectors(tmp_path: Path) -> None:
    cache = EmbeddingCache(tmp_path / "cache.sqlite")
    CachedEmbedder(CountingEmbedder("one", 16), cache).embed(["a"])
    assert CachedEmbedder(CountingEmbedder("two", 32), cache).embed(["a"]).shape == (1, 32)


def test_the_first_vector_of_a_text_stays(tmp_path: Path) -> None:
    cache = EmbeddingCache(tmp_path / "cache.sqlite")
    cache.put("e", {text_key("a"): np.ones(2, dtype=np.float32)})
    cache.put("e", {text_key("a"): np.zeros(2, dtype=np.float32)})
    assert cache.get("e", [text_key("a")])[text_key("a")].tolist() == [1, 1]


def test_more_keys_than_a_statement_takes(tmp_path: Path) -> None:
    cached = CachedEmbedder(inner := CountingEmbedder(), EmbeddingCache(tmp_path / "cache.sqlite"))
    texts = [str(n) for n in range(1_700)]
    assert np.array_equal(cached.embed(texts), cached.embed(texts))
    assert len(inner.seen) == len(texts)


def test_no_text_is_stored(tmp_path: Path) -> None:
    cache = EmbeddingCache(tmp_path / "cache.sqlite")
    CachedEmbedder(CountingEmbedder(), cache).embed(["my secret address is 1 Invented Lane"])
    cache.close()
    stored = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"counting" in stored
    assert b"Invented Lane" not in stored


def test_threads_share_one_cache(tmp_path: Path) -> None:
    cached = CachedEmbedder(CountingEmbedder(), EmbeddingCache(tmp_path / "cache.sqlite"))
    expected = CountingEmbedder().embed([str(n) for n in range(60)])
    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(cached.embed, [str(n) for n in range(start, 60)]) for start in range(20)]
        for start, job in enumerate(jobs):
            assert np.array_equal(job.result(), expected[start:])


PROCESS = """
import sys
from pathlib import Path
from coach.retrieval import CachedEmbedder, EmbeddingCache
from tests.retrieval.counting_embedder import CountingEmbedder

cached = CachedEmbedder(CountingEmbedder(), EmbeddingCache(Path(sys.argv[1])))
for start in range(0, 400, 10):
    cached.embed([str(n) for n in range(start, start + 20)])
"""


def test_processes_share_one_file(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    processes = [subprocess.Popen([sys.executable, "-W", "error", "-c", PROCESS, str(path)]) for _ in range(3)]
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    inner = CountingEmbedder()
    CachedEmbedder(inner, EmbeddingCache(path)).embed([str(n) for n in range(410)])
    assert inner.seen == []


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")
    with pytest.raises(SettingsError, match="set COACH_HOME"):
        EmbeddingCache(tmp_path / "home" / "cache.sqlite")


def test_a_file_that_is_no_cache_is_refused(tmp_path: Path) -> None:
    (tmp_path / "cache.sqlite").write_text("something else entirely, and long enough to be looked at " * 20)
    with pytest.raises(SettingsError, match="delete the file"):
        EmbeddingCache(tmp_path / "cache.sqlite")
