"""An embedder that never embeds a text twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from coach.retrieval.embedders.base import Embedder
from coach.retrieval.embedders.cache import EmbeddingCache, text_key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class CachedEmbedder:
    """Asks the cache first and the embedder for the rest, each distinct text once.

    Args:
        embedder: makes the vectors that are missing.
        cache: keeps them under the embedder's id.
    """

    def __init__(self, embedder: Embedder, cache: EmbeddingCache) -> None:
        self._embedder = embedder
        self._cache = cache

    @property
    def id(self) -> str:
        """The inner embedder's id: the cache changes no vector."""
        return self._embedder.id

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._embedder.dimensions

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embeds texts; see `Embedder.embed`."""
        import numpy as np

        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        keys = [text_key(text) for text in texts]
        text_of = dict(zip(keys, texts, strict=True))
        vectors = self._cache.get(self.id, list(text_of))
        missing = [key for key in text_of if key not in vectors]
        if missing:
            made = self._embedder.embed([text_of[key] for key in missing])
            fresh = dict(zip(missing, made, strict=True))
            self._cache.put(self.id, fresh)
            vectors |= fresh
        return np.stack([vectors[key] for key in keys])
