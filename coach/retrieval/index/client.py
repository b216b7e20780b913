"""Opening Chroma: a folder of this machine or a server."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from coach.errors import SettingsError

if TYPE_CHECKING:
    from chromadb.api.client import Client

# Long enough for another process to build the index of 100,000 exemplars.
LOCK_SECONDS = 3_600.0


@contextmanager
def folder_client(folder: Path) -> Iterator[Client]:
    """Chroma in a folder, for building: no other process is in the block at the same time.

    Chroma in a folder takes one writer. The client may be kept for reading after the block.

    Args:
        folder: made if missing.

    Raises:
        SettingsError: the folder cannot be used, or another process kept it for an hour.
    """
    import chromadb
    from chromadb.config import Settings

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(str(folder), f"cannot be made: {error.strerror}", remedy="set COACH_HOME") from error
    with _locked(folder / "build.lock"):
        try:
            client = cast("Client", chromadb.PersistentClient(folder, Settings(anonymized_telemetry=False)))
        except Exception as error:
            # Chroma raises its own errors, SQLite's and Rust's here; all of them mean the same to the user.
            reason = f"the index cannot be opened ({type(error).__name__})"
            raise SettingsError(str(folder), reason, remedy="delete the folder; it is built again") from error
        yield client


@contextmanager
def server_client(url: str) -> Iterator[Client]:
    """Chroma on a server, which keeps its writers apart itself.

    Args:
        url: such as "http://chroma.internal:8000".

    Raises:
        SettingsError: the address is no http address, or no Chroma server answers there.
    """
    import chromadb
    from chromadb.config import Settings

    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise SettingsError("COACH_CHROMA_URL", "not an address", remedy="write it like http://localhost:8000")
    ssl = parts.scheme == "https"
    port = port or (443 if ssl else 8000)
    try:
        settings = Settings(anonymized_telemetry=False)
        # Chroma declares a wider type, which lacks close().
        client = cast("Client", chromadb.HttpClient(parts.hostname, port, ssl, settings=settings))
    except Exception as error:
        address = f"{parts.scheme}://{parts.hostname}:{port}"
        raise SettingsError(
            address, "no Chroma server answers here", remedy="start it, or unset COACH_CHROMA_URL to use a folder"
        ) from error
    yield client


def close_client(client: Client) -> None:
    """Closes a client and, on a server, its connections, which Chroma's own `close` leaves to the garbage collector."""
    for owner in (client, getattr(client, "_admin_client", None)):
        session = getattr(getattr(owner, "_server", None), "_session", None)
        if session is not None:
            session.close()
    client.close()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Holds a lock between processes and threads.

    SQLite's own: it works on every system, waits, and ends with the process that holds it.
    """
    connection = sqlite3.connect(path, timeout=LOCK_SECONDS, isolation_level=None)
    try:
        try:
            connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            reason = f"the index is in use ({error})"
            raise SettingsError(str(path.parent), reason, remedy="wait for the other process to finish") from error
        yield
    finally:
        connection.close()
