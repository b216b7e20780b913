"""What judging needs of an encoder, so that any embedder of `coach.retrieval` fits and none is imported here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

MAX_CHARS = 1200
"""About the encoder's window of 256 tokens; what follows would be cut by it anyway, at the price of tokenising it."""


class Encoder(Protocol):
    """Turns texts into unit vectors."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embed n texts into an array [n, d] of unit length rows."""
        ...


def clip(text: str, limit: int = MAX_CHARS) -> str:
    """The beginning and the end of a text that is too long: where needs are stated and where answers land."""
    if len(text) <= limit:
        return text
    half = (limit - 3) // 2
    return f"{text[:half]} … {text[-half:]}"
