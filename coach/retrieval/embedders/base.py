"""The one seam every embedder stands behind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Vectors: TypeAlias = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into vectors whose dot product is their cosine similarity."""

    @property
    def id(self) -> str:
        """Names model and weights; two embedders with one id give the same vectors."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embeds texts.

        The same text gets the same vector whatever texts it comes with.

        Args:
            texts: any number of texts, none of them empty.

        Returns:
            float32 [len(texts), dimensions], every row of unit length, in the order of `texts`.

        Raises:
            ModelError: an endpoint gave no usable answer.
        """
        ...
