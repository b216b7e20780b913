"""Building a collection so that nobody ever sees half of one."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from coach.retrieval.embedders.base import Embedder
from coach.retrieval.index.rows import Row

if TYPE_CHECKING:
    import numpy as np
    from chromadb.api import ClientAPI
    from chromadb.api.collection_configuration import CreateHNSWConfiguration
    from chromadb.api.models.Collection import Collection
    from numpy.typing import NDArray

SLICE_ROWS = 1_000
UNFINISHED = ".unfinished."
ABANDONED_AFTER_S = 6 * 3_600


def ensure_collection(client: ClientAPI, name: str, rows: Sequence[Row], embedder: Embedder) -> Collection:
    """The collection of that name, built if it is not there yet.

    It is filled under another name and renamed when full, so that the name itself says "complete"; a build that was
    cut off leaves no such name behind, and of two builds at the same time one wins and the other is dropped.

    Args:
        client: where it lies.
        name: from `collection_name`, so that equal names mean equal content.
        rows: what to put in, at least one.
        embedder: makes the vectors.
    """
    found = _complete(client, name)
    if found is not None:
        return found
    _drop_abandoned(client)
    unfinished = client.create_collection(
        f"{name}{UNFINISHED}{uuid.uuid4().hex}",
        metadata={"started": int(time.time())},
        configuration={"hnsw": _graph()},
        embedding_function=None,
    )
    for start in range(0, len(rows), SLICE_ROWS):
        part = rows[start : start + SLICE_ROWS]
        unfinished.add(ids=[row.id for row in part], embeddings=row_vectors(part, embedder))
    try:
        unfinished.modify(name=name)
    except Exception:
        # Another process was faster. What Chroma raises for a taken name differs between folder and server.
        winner = _complete(client, name)
        if winner is None:
            raise
        client.delete_collection(unfinished.name)
        return winner
    return unfinished


def row_vectors(rows: Sequence[Row], embedder: Embedder) -> NDArray[np.float32]:
    """Vectors of rows, the texts of a row side by side.

    Returns:
        float32 [len(rows), texts of a row * embedder.dimensions]; zeros where a text is empty.
    """
    import numpy as np

    texts = [text for row in rows for text in row.texts]
    present = [position for position, text in enumerate(texts) if text]
    vectors = np.zeros((len(texts), embedder.dimensions), dtype=np.float32)
    vectors[present] = embedder.embed([texts[position] for position in present])
    return vectors.reshape(len(rows), -1)


def _graph() -> CreateHNSWConfiguration:
    # All rows of a kind are equally long, so inner product ranks as cosine does; unlike cosine, it leaves the stored
    # vectors as they are. The other values buy recall on large corpora: see the benchmark.
    return {"space": "ip", "ef_construction": 200, "max_neighbors": 32, "ef_search": 400}


def _complete(client: ClientAPI, name: str) -> Collection | None:
    from chromadb.errors import NotFoundError

    try:
        return client.get_collection(name, embedding_function=None)
    except NotFoundError:
        return None


def _drop_abandoned(client: ClientAPI) -> None:
    for collection in client.list_collections():
        started = (collection.metadata or {}).get("started", 0)
        if UNFINISHED in collection.name and time.time() - float(str(started)) > ABANDONED_AFTER_S:
            client.delete_collection(collection.name)
