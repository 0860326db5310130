"""Connections to the SQLite file: one thread that writes, a few that read, each with its own connection."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from kg.errors import StoreLocked, StoreUnavailable
from kg.stores.sqlite.failures import told_as_ours
from kg.stores.sqlite.schema import check, prepare

P = ParamSpec("P")
T = TypeVar("T")

_NOT_WRITABLE = (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN)
_READERS = 4
_READ_CACHE_KIB = 32 * 1024
_WRITE_CACHE_KIB = 64 * 1024


class Connections:
    """Runs sync work on the file in threads; a write is one transaction, a read one snapshot.

    A file that this user may not write is read as it is.
    """

    def __init__(self, path: Path, *, busy_timeout_s: float) -> None:
        self._path = path
        self._address = str(path)
        self._busy_timeout_s = busy_timeout_s
        self._local = threading.local()
        self._made: list[sqlite3.Connection] = []
        self._made_lock = threading.Lock()
        self._readers: ThreadPoolExecutor | None = None
        self._writer: ThreadPoolExecutor | None = None

    async def open(self) -> None:
        """Make the file and its schema; raises StoreUnavailable, StoreLocked, StorageFull."""
        if self._writer is not None:
            return
        self._address = await asyncio.to_thread(self._prepare)
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="sqlite-read")
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="sqlite-write")

    async def close(self) -> None:
        """End the threads and close every connection."""
        executors = [e for e in (self._readers, self._writer) if e is not None]
        self._readers = self._writer = None
        await asyncio.to_thread(self._end, executors)

    async def read(self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``work`` on one snapshot."""
        return await self._run(self._readers, "BEGIN", lambda connection: work(connection, *args, **kwargs))

    async def write(
        self, work: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``work`` as one transaction, kept whole or not at all."""
        return await self._run(self._writer, "BEGIN IMMEDIATE", lambda connection: work(connection, *args, **kwargs))

    async def empty_log(self) -> None:
        """Move the write-ahead log into the file and truncate it, as far as readers of other processes let it."""
        if self._writer is not None:
            await asyncio.get_running_loop().run_in_executor(self._writer, self._emptied)

    async def _run(self, executor: ThreadPoolExecutor | None, begin: str, work: Callable[[sqlite3.Connection], T]) -> T:
        if executor is None:
            raise StoreUnavailable(f"the store {self._path} is not open; open it first")
        return await asyncio.get_running_loop().run_in_executor(executor, self._transaction, begin, work)

    def _transaction(self, begin: str, work: Callable[[sqlite3.Connection], T]) -> T:
        with told_as_ours(self._path):
            connection = self._own(_READ_CACHE_KIB if begin == "BEGIN" else _WRITE_CACHE_KIB)
            connection.execute(begin)
            try:
                result = work(connection)
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            return result

    def _emptied(self) -> None:
        with told_as_ours(self._path):
            self._own(_WRITE_CACHE_KIB).execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _own(self, cache_kib: int) -> sqlite3.Connection:
        """The connection of this thread."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect(cache_kib)
        return connection

    def _connect(self, cache_kib: int) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._address, timeout=self._busy_timeout_s, isolation_level=None, check_same_thread=False, uri=True
        )
        with self._made_lock:
            self._made.append(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA cache_size = -{cache_kib}")
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("PRAGMA secure_delete = ON")
        return connection

    def _prepare(self) -> str:
        """Make the file and its schema; gives the address to connect to."""
        with told_as_ours(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            made = sqlite3.connect(self._path, timeout=self._busy_timeout_s, isolation_level=None)
            try:
                with closing(made) as connection:
                    self._switch_to_wal(connection)
                    prepare(connection, self._path)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in _NOT_WRITABLE or not self._path.exists():
                    raise
                return self._read_only_address()
            return str(self._path)

    def _read_only_address(self) -> str:
        """The address of a file that may not be written; where no other file is beside it, nobody has it open."""
        in_use = any(self._path.with_name(f"{self._path.name}-{end}").exists() for end in ("wal", "shm"))
        address = f"{self._path.resolve().as_uri()}?{'mode=ro' if in_use else 'immutable=1'}"
        with closing(sqlite3.connect(address, uri=True)) as connection:
            check(connection, self._path)
        return address

    def _switch_to_wal(self, connection: sqlite3.Connection) -> None:
        """SQLite does not wait for locks here, so two processes that start together are made to."""
        deadline = time.monotonic() + self._busy_timeout_s
        while True:
            try:
                mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                    raise
                time.sleep(0.02)
                continue
            if mode == "wal":
                return
            if time.monotonic() > deadline:
                raise StoreLocked(f"{self._path} is used by another process; wait for it to end or stop it")
            time.sleep(0.02)

    def _end(self, executors: list[ThreadPoolExecutor]) -> None:
        for executor in executors:
            executor.shutdown(wait=True)
        with self._made_lock:
            made, self._made = self._made, []
        self._local = threading.local()
        with told_as_ours(self._path):
            for connection in made:
                connection.close()
