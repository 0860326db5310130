"""The connection to a Neo4j server: time limits, read and write transactions, translated errors."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    AsyncDriver,
    AsyncGraphDatabase,
    AsyncManagedTransaction,
    AsyncSession,
    AsyncTransaction,
    NotificationMinimumSeverity,
    Record,
    unit_of_work,
)

from kg.errors import StoreLocked, StoreUnavailable
from kg.stores.neo4j.failures import translated

READ_TIMEOUT_S = 20.0
WRITE_TIMEOUT_S = 60.0
GRACE_S = 5.0
_PATIENCE_S = 2.0

Transaction = AsyncManagedTransaction | AsyncTransaction
T = TypeVar("T")


async def rows(tx: Transaction, cypher: str, parameters: Mapping[str, object] | None = None) -> list[Record]:
    """All records of one statement; values only ever travel as parameters."""
    result = await tx.run(cypher, dict(parameters or {}))
    return [record async for record in result]


async def run(tx: Transaction, cypher: str, parameters: Mapping[str, object] | None = None) -> None:
    """Run one statement whose records do not matter."""
    result = await tx.run(cypher, dict(parameters or {}))
    await result.consume()


class Connection:
    """One driver; every call fails within about 3 s if the server cannot be reached, and works again when it can."""

    def __init__(self, uri: str, user: str, password: str) -> None:
        self._uri = uri
        self._auth = (user, password)
        self._driver: AsyncDriver | None = None
        parts = urlsplit(uri)
        self.where = f"{parts.hostname}:{parts.port or 7687}"

    async def open(self) -> None:
        """Connect; raises StoreUnavailable."""
        if self._driver is not None:
            return
        with translated(self.where):
            driver = AsyncGraphDatabase.driver(
                self._uri,
                auth=self._auth,
                connection_timeout=1.0,
                connection_acquisition_timeout=2.0,
                max_transaction_retry_time=1.0,
                initial_retry_delay=0.1,
                max_connection_lifetime=300,
                liveness_check_timeout=30,
                keep_alive=True,
                notifications_min_severity=NotificationMinimumSeverity.OFF,
                telemetry_disabled=True,
                user_agent="jianxi",
            )
        self._bookmarks = AsyncGraphDatabase.bookmark_manager()
        try:
            with translated(self.where):
                await driver.verify_connectivity()
        except BaseException:
            await driver.close()
            raise
        self._driver = driver

    async def close(self) -> None:
        """Close all connections."""
        driver, self._driver = self._driver, None
        if driver is not None:
            await driver.close()

    def _session(self, mode: str) -> AsyncSession:
        if self._driver is None:
            raise StoreUnavailable(f"the store on Neo4j at {self.where} is not open: open() it first")
        return self._driver.session(default_access_mode=mode, bookmark_manager=self._bookmarks)

    async def read(self, work: Callable[[AsyncManagedTransaction], Awaitable[T]]) -> T:
        """Run ``work`` in a read transaction with a time limit."""
        return await self._run(READ_ACCESS, work, READ_TIMEOUT_S)

    async def write(
        self, work: Callable[[AsyncManagedTransaction], Awaitable[T]], *, timeout_s: float = WRITE_TIMEOUT_S
    ) -> T:
        """Run ``work`` in a write transaction, again where it lost a deadlock."""
        return await self._run(WRITE_ACCESS, work, timeout_s)

    async def fetch(self, cypher: str, **parameters: object) -> list[Record]:
        """The records of one reading statement."""
        return await self.read(lambda tx: rows(tx, cypher, parameters))

    async def schema(self, cypher: str) -> None:
        """Run one statement that changes the schema, in its own transaction."""
        await self.write(lambda tx: run(tx, cypher))

    async def free(self) -> bool:
        """Whether no writer is at work."""
        try:
            await self.write(
                lambda tx: run(tx, "MATCH (l:Ledger) SET l.turn = coalesce(l.turn, 0) + 1"), timeout_s=_PATIENCE_S
            )
        except StoreLocked:
            return False
        return True

    async def in_batches(self, cypher: str, **parameters: object) -> None:
        """Run a statement that commits batch by batch by itself (``CALL ... IN TRANSACTIONS``)."""
        with translated(self.where, writing=True):
            async with self._session(WRITE_ACCESS) as session:
                await (await session.run(cypher, parameters)).consume()

    async def _run(self, mode: str, work: Callable[[AsyncManagedTransaction], Awaitable[T]], timeout_s: float) -> T:
        limited: Any = unit_of_work(timeout=timeout_s)(work)
        with translated(self.where, writing=mode == WRITE_ACCESS):
            async with asyncio.timeout(timeout_s + GRACE_S), self._session(mode) as session:
                if mode == READ_ACCESS:
                    read: T = await session.execute_read(limited)
                    return read
                written: T = await session.execute_write(limited)
                return written

    @asynccontextmanager
    async def held(self) -> AsyncIterator[AsyncTransaction]:
        """An explicit write transaction without a time limit; rolled back where it was not committed.

        The server ends it, and frees its locks, when this process dies.
        """
        with translated(self.where, writing=True, network=False):
            async with self._session(WRITE_ACCESS) as session, await session.begin_transaction() as tx:
                yield tx
