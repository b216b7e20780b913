"""Opening a database: SQLite in a file or PostgreSQL by address, brought up to date before anything is read."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, SQLAlchemyError

from coach.errors import SettingsError, StoreError, StoreUnavailable

if TYPE_CHECKING:
    import sqlite3

BUSY_SECONDS = 60
DISK_FULL = "the disk is full"
MIGRATING = 7_160_271_001
"""Number of the lock that keeps two programs from migrating one PostgreSQL database at the same time."""


def database_url(given: str | None, home: Path) -> URL:
    """The address of the database.

    Args:
        given: the setting; None for SQLite in `home`.
        home: the data folder.

    Raises:
        SettingsError: it is no address of SQLite or PostgreSQL.
    """
    if given is None:
        return URL.create("sqlite", database=str(home / "coach.sqlite"))
    try:
        url = make_url(given)
    except ArgumentError:
        raise SettingsError("COACH_DATABASE_URL", "is no database address", remedy=_REMEDY) from None
    if url.get_backend_name() == "sqlite":
        return url
    if url.get_backend_name() in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise SettingsError("COACH_DATABASE_URL", f"{url.get_backend_name()} is not supported", remedy=_REMEDY)


_REMEDY = "write postgresql://user:password@host/name, or leave it out for SQLite in COACH_HOME"


def queue_address(url: URL) -> str:
    """The address of the queue that goes with a store; for SQLite, its file is made ready."""
    import sqlite3

    if url.get_backend_name() != "sqlite":
        return url.set(drivername="postgresql").render_as_string(hide_password=False)
    path = Path(str(url.database)).with_suffix(".queue.sqlite")
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS)
    try:
        use_wal(connection)
    finally:
        connection.close()
    return f"sqlite:///{path}"


def open_engine(url: URL) -> Engine:
    """An engine whose database has the current schema.

    Raises:
        StoreError: the database cannot be opened or migrated.
    """
    if url.get_backend_name() == "sqlite" and url.database:
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(url.database, f"cannot be made ({error.strerror})", remedy="check COACH_HOME") from None
    try:
        engine = create_engine(url, pool_pre_ping=True, **_pool(url))
    except (NoSuchModuleError, ImportError):
        raise SettingsError("COACH_DATABASE_URL", "its driver is not installed", remedy=_REMEDY) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_ways)
        event.listen(engine, "begin", _write_at_once)
    with faults(engine):
        _migrate(engine)
    return engine


def _pool(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": BUSY_SECONDS}}
    return {"pool_size": 4, "max_overflow": 4, "pool_timeout": 30, "connect_args": {"connect_timeout": 5}}


def _sqlite_ways(connection: sqlite3.Connection, _: object) -> None:
    # Transactions are begun by `_write_at_once`: the driver's own way begins them late and lets writers deadlock.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
    connection.execute("PRAGMA foreign_keys=ON")
    use_wal(connection)


def use_wal(connection: sqlite3.Connection) -> None:
    """Let readers and a writer work side by side; the file remembers it."""
    import sqlite3

    for _ in range(BUSY_SECONDS * 20):
        if connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
            return
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            # The one statement that does not wait for a lock by itself.
            if "locked" not in str(error):
                raise
        time.sleep(0.05)


def _write_at_once(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get("reads") else "BEGIN IMMEDIATE")


def _migrate(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config(attributes={"configure_logger": False})
    config.set_main_option("script_location", "coach.store:migrations")
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": MIGRATING})
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError:
            raise StoreError(
                _name(engine), "was made by a newer version of this program", remedy="upgrade this installation"
            ) from None


@contextmanager
def faults(engine: Engine) -> Iterator[None]:
    """Turns what a database says into errors that a person can act on; the statement's values stay out of them.

    Raises:
        StoreUnavailable: the database is away or busy: the same may succeed later.
        StoreError: anything else.
    """
    try:
        yield
    except DBAPIError as error:
        reason = _reason(error)
        # A full disk is not waited for: somebody has to do something about it.
        passes = (error.connection_invalidated or _passing(error)) and reason != DISK_FULL
        kind = StoreUnavailable if passes else StoreError
        raise kind(_name(engine), reason, remedy=_remedy(reason, engine)) from None
    except SQLAlchemyError as error:
        # A pool that had no connection to give: the server is away or overwhelmed.
        raise StoreUnavailable(_name(engine), f"gives no connection ({type(error).__name__})") from None


def _name(engine: Engine) -> str:
    url = engine.url
    return str(url.database) if engine.dialect.name == "sqlite" else f"database {url.database} at {url.host or 'local'}"


def _reason(error: DBAPIError) -> str:
    said = " ".join(str(error.orig).split()).lower()
    for sign, reason in (
        ("full", DISK_FULL),
        ("no space", DISK_FULL),
        ("disk i/o", "the disk cannot be read or written"),
        ("locked", "another program holds it locked"),
        ("readonly", "it cannot be written"),
        ("unable to open", "it cannot be opened"),
        ("not a database", "the file is no database"),
        ("malformed", "the file is damaged"),
        ("password", "it refuses the user or the password"),
        ("does not exist", "no such database, role or table"),
    ):
        if sign in said:
            return reason
    if _passing(error) or error.connection_invalidated:
        return "the database does not answer"
    return f"the database refuses ({type(error.orig).__name__})"


def _passing(error: DBAPIError) -> bool:
    from sqlalchemy.exc import InterfaceError, OperationalError

    state = getattr(error.orig, "sqlstate", None) or ""
    # Serialization failures and deadlocks (40), connections (08), resources (53), shutdowns (57).
    return isinstance(error, (OperationalError, InterfaceError)) or state[:2] in ("08", "40", "53", "57")


def _remedy(reason: str, engine: Engine) -> str:
    if reason == DISK_FULL:
        return "free some space, then resume"
    if engine.dialect.name == "postgresql":
        return "start it again or check COACH_DATABASE_URL"
    return "check COACH_HOME"
