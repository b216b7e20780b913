from __future__ import annotations

from pathlib import Path

import pytest

from coach.retrieval import MiniLMEmbedder
from tests.retrieval.tiny_corpus import TinyCorpus


@pytest.fixture
def tiny(tmp_path: Path) -> TinyCorpus:
    """A valid corpus, not yet written."""
    return TinyCorpus(tmp_path / "corpus")


@pytest.fixture(scope="session")
def minilm() -> MiniLMEmbedder:
    """The real local embedder; loading it takes long enough to do it once."""
    return MiniLMEmbedder()
