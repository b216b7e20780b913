"""Vectors already paid for, on disk."""

from __future__ import annotations

import hashlib
import sqlite3
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from coach.errors import SettingsError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

BUSY_SECONDS = 60.0
# Below the limit of variables that old builds of SQLite allow in a statement.
LOOKUP_KEYS = 500

SCHEMA = """
CREATE TABLE IF NOT EXISTS vectors (
    embedder TEXT NOT NULL,
    text_sha256 BLOB NOT NULL,
    vector BLOB NOT NULL,
    PRIMARY KEY (embedder, text_sha256)
) WITHOUT ROWID
"""


def text_key(text: str) -> bytes:
    """The sha256 digest under which a text's vector is kept."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


class EmbeddingCache:
    """Vectors by embedder and text, in one SQLite file that threads and processes share.

    No text is stored, only its sha256. Vectors are little-endian float32, bit for bit as they were put.

    Args:
        path: the file; it and its folder are made if missing.

    Raises:
        SettingsError: the file cannot be opened or is no such cache.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # The lock, and not SQLite, keeps threads apart.
            self._connection = sqlite3.connect(path, timeout=BUSY_SECONDS, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode=WAL")
            # A lost vector is made again; a write must not wait for the disk.
            self._connection.execute("PRAGMA synchronous=NORMAL")
            with self._connection:
                self._connection.execute(SCHEMA)
        except (OSError, sqlite3.Error) as error:
            broken = isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError)
            remedy = "delete the file; it is made again" if broken else "set COACH_HOME to a folder you can write to"
            raise SettingsError(str(path), f"the embedding cache cannot be opened ({error})", remedy=remedy) from error

    def get(self, embedder: str, keys: Sequence[bytes]) -> dict[bytes, NDArray[np.float32]]:
        """Vectors of those keys that are known.

        Args:
            embedder: the embedder's id.
            keys: digests from `text_key`.

        Returns:
            Read-only float32 [dimensions] by key; unknown keys are absent.
        """
        import numpy as np

        found: dict[bytes, NDArray[np.float32]] = {}
        with self._lock:
            for start in range(0, len(keys), LOOKUP_KEYS):
                part = keys[start : start + LOOKUP_KEYS]
                marks = ",".join("?" * len(part))
                rows = self._connection.execute(
                    f"SELECT text_sha256, vector FROM vectors WHERE embedder = ? AND text_sha256 IN ({marks})",  # noqa: S608 - question marks only
                    (embedder, *part),
                )
                found.update((key, np.frombuffer(blob, dtype="<f4")) for key, blob in rows)
        return found

    def put(self, embedder: str, vectors: Mapping[bytes, NDArray[np.float32]]) -> None:
        """Keeps vectors; a key already there keeps its first vector, so that results never change under a reader.

        Args:
            embedder: the embedder's id.
            vectors: float32 [dimensions] by digest from `text_key`.
        """
        rows: Iterable[tuple[str, bytes, bytes]] = (
            (embedder, key, vector.astype("<f4").tobytes()) for key, vector in vectors.items()
        )
        with self._lock, self._connection:
            self._connection.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?, ?)", rows)

    def close(self) -> None:
        """Closes the file."""
        with self._lock:
            self._connection.close()
