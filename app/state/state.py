"""The operational state: its location, migrations and repositories."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, text

from app.errors import StateNewer
from app.state.database import Database, make_engine, translate, translated
from app.state.feedback import Feedback
from app.state.keys import Keys
from app.state.runs import Runs

_MIGRATIONS = Path(__file__).parent / "migrations"
_ADVISORY_LOCK = 0x6A69616E7869
_WAL_TRIES = 100
_WAL_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class State:
    """The open state and its three repositories."""

    database: Database
    runs: Runs
    feedback: Feedback
    keys: Keys


def state_url(setting: str, folder: Path) -> str:
    """SQLAlchemy's URL for the setting: ``sqlite`` (``state.db`` in the folder) or ``postgresql://...``."""
    if setting == "sqlite":
        return f"sqlite+aiosqlite:///{folder / 'state.db'}"
    for short in ("postgresql://", "postgres://"):
        if setting.startswith(short):
            return "postgresql+psycopg://" + setting.removeprefix(short)
    return setting


@asynccontextmanager
async def open_state(setting: str, *, folder: Path) -> AsyncIterator[State]:
    """Open the state and migrate its tables; two processes may do this at the same time.

    Raises StateUnavailable, StateBusy, StateFull, StateNewer, and ExtraMissing where a driver is not installed.
    """
    url = state_url(setting, folder)
    with translated():
        if url.startswith("sqlite"):
            await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        database = Database(make_engine(url))
    try:
        await _migrate(database)
        yield State(database, Runs(database), Feedback(database), Keys(database, folder / "keys-in-use"))
    finally:
        await database.engine.dispose()


async def _migrate(database: Database) -> None:
    file = database.engine.url.database
    if database.engine.dialect.name == "sqlite" and file:
        await asyncio.to_thread(_use_wal, Path(file))
    async with database.writing() as connection:
        if database.engine.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _ADVISORY_LOCK})
        await connection.run_sync(_upgrade)


def _use_wal(path: Path) -> None:
    """Switch to write-ahead logging, a property of the file; SQLite does not wait for its lock here."""
    for attempt in range(_WAL_TRIES):
        try:
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("PRAGMA journal_mode=WAL")
                return
        except sqlite3.Error as error:
            if attempt == _WAL_TRIES - 1 or "locked" not in str(error):
                raise translate(error) from error
            time.sleep(_WAL_PAUSE_S)


def _upgrade(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        if "Can't locate revision" in str(error):
            raise StateNewer(
                f"the state was written by a newer jianxi ({error}); upgrade the program, or set JIANXI_HOME or "
                "JIANXI_STATE to another state"
            ) from error
        raise
