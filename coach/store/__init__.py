"""What outlives a process: calls, reviews, moments, batches and their items, events and workers.

SQLite (WAL) in the data home by default, PostgreSQL by address; the same code and the same tests for both. The only
home of SQLAlchemy and Alembic. Names are resolved on first use, so that importing this package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from coach.store.records import Batch as Batch
    from coach.store.records import BatchRecipe as BatchRecipe
    from coach.store.records import Event as Event
    from coach.store.records import Item as Item
    from coach.store.records import NewItem as NewItem
    from coach.store.records import Outcome as Outcome
    from coach.store.records import Result as Result
    from coach.store.records import WorkerRow as WorkerRow
    from coach.store.store import Store as Store
    from coach.store.store import open_store as open_store

_HOMES = {
    "Batch": "records",
    "BatchRecipe": "records",
    "Event": "records",
    "Item": "records",
    "NewItem": "records",
    "Outcome": "records",
    "Result": "records",
    "Store": "store",
    "WorkerRow": "records",
    "open_store": "store",
}

__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
