from __future__ import annotations

import pytest

from coach.judging.cues import Cues, load_cues
from coach.judging.moments import MomentFinder, load_salience_weights
from coach.retrieval import MiniLMEmbedder
from tests.support.calls import PURPOSE


@pytest.fixture(scope="session")
def minilm() -> MiniLMEmbedder:
    """The real local embedder; loading it takes long enough to do it once."""
    return MiniLMEmbedder()


@pytest.fixture(scope="session")
def cues() -> Cues:
    """The shipped word lists."""
    return load_cues()


@pytest.fixture(scope="session")
def finder(minilm: MiniLMEmbedder, cues: Cues) -> MomentFinder:
    """The shipped finder for the company of `tests.support.calls`."""
    return MomentFinder(minilm, cues, PURPOSE, load_salience_weights())
