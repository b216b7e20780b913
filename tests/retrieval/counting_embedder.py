"""A fast embedder that counts: vectors depend on nothing but the text."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


class CountingEmbedder:
    """Random unit vectors seeded by the text.

    Attributes:
        seen: every text embedded, in order.
        fails_after: raises on the text after that many; None never.
    """

    def __init__(self, name: str = "counting", dimensions: int = 16, fails_after: int | None = None) -> None:
        self.id = name
        self.dimensions = dimensions
        self.seen: list[str] = []
        self.fails_after = fails_after

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            if self.fails_after is not None and len(self.seen) >= self.fails_after:
                raise ConnectionError("cut off")
            self.seen.append(text)
            seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
            vector = np.random.default_rng(seed).standard_normal(self.dimensions).astype(np.float32)
            vectors[row] = vector / np.linalg.norm(vector)
        return vectors
