"""Transactions on the state's database, and the mapping of its errors."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import IntegrityError, InterfaceError, InternalError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from app.errors import StateBusy, StateConflict, StateError, StateFull, StateRejected, StateUnavailable
from models.errors import ExtraMissing

_BUSY_TIMEOUT_MS = 30_000
_PATIENCE_S = 60.0
POSTGRES = {"connect_timeout": 2, "tcp_user_timeout": 2500, "keepalives_idle": 5, "keepalives_interval": 1}
"""A server that is down or silent is noticed within 3 s, also by open connections."""


def now(*, days: float = 0) -> str:
    """The time in UTC, or that in so many days, ISO 8601 with milliseconds."""
    return (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="milliseconds")


def translate(error: Exception) -> StateError:
    """The application's error for an error of SQLAlchemy, a driver or the network."""
    cause = getattr(error, "orig", None) or error
    text = " ".join(str(cause).split()) or "it did not answer in time"
    lowered = text.lower()
    if getattr(cause, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT):
        return StateUnavailable(
            f"state.db in the home is not a valid SQLite file ({text}); restore it from a copy, or move it away, "
            "whereby runs, feedback and keys begin anew"
        )
    if getattr(cause, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
        return StateUnavailable(
            f"state.db in the home may not be written ({text}), where runs, feedback and keys are kept; let this user "
            "write there, or set JIANXI_HOME or JIANXI_STATE to another place"
        )
    if "disk is full" in lowered or "no space left" in lowered:
        return StateFull(f"the state could not be written, the disk is full: {text}; free some space and try again")
    if "database is locked" in lowered or "lock timeout" in lowered or "deadlock" in lowered:
        return StateBusy(f"another process has locked the state: {text}; try again")
    if isinstance(error, IntegrityError):
        return StateConflict(f"the state refused a row: {text}")
    if isinstance(
        error, OperationalError | InterfaceError | InternalError | PoolTimeout | OSError | sqlite3.OperationalError
    ):
        return StateUnavailable(f"the state cannot be reached: {text}; check JIANXI_STATE and that its server runs")
    return StateRejected(f"the state refused a statement: {text}")


@contextmanager
def translated() -> Iterator[None]:
    """Turn errors of the database into the application's."""
    try:
        yield
    except (SQLAlchemyError, OSError) as error:
        raise translate(error) from error


class Database:
    """Transactions on one engine; writing ones take SQLite's write lock at their start."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that only reads."""
        with translated():
            async with asyncio.timeout(_PATIENCE_S), self.engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that is committed at the end, or rolled back by an error."""
        with translated():
            async with asyncio.timeout(_PATIENCE_S), self.engine.connect() as connection:
                connection = await connection.execution_options(jianxi_writes=True)
                async with connection.begin():
                    yield connection

    async def empty_log(self) -> None:
        """Move SQLite's write-ahead log into the file and truncate it, so that what was overwritten is gone."""
        file = self.engine.url.database
        if self.engine.dialect.name == "sqlite" and file:
            with translated():
                await asyncio.to_thread(_emptied, file)


def make_engine(url: str) -> AsyncEngine:
    """An engine for ``sqlite+aiosqlite:///...`` or ``postgresql+psycopg://...``; raises ExtraMissing."""
    try:
        if url.startswith("sqlite"):
            engine = create_async_engine(url)
        else:
            engine = create_async_engine(url, pool_pre_ping=True, pool_timeout=2, connect_args=POSTGRES)
    except ModuleNotFoundError as error:
        raise ExtraMissing(error.name or "psycopg", "postgres") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _prepare_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (f"busy_timeout={_BUSY_TIMEOUT_MS}", "synchronous=NORMAL", "foreign_keys=ON", "secure_delete=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _emptied(file: str) -> None:
    try:
        with closing(sqlite3.connect(file, timeout=_BUSY_TIMEOUT_MS / 1000)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise translate(error) from error


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("jianxi_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
