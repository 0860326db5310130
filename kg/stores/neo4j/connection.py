"""The connection to a Neo4j server: time limits, read and write transactions, translated errors."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from itertools import islice
from typing import Any, Concatenate, ParamSpec, TypeVar
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
from kg.stores.neo4j.vocabulary import Vocabulary

READ_TIMEOUT_S = 20.0
WRITE_TIMEOUT_S = 60.0
GRACE_S = 5.0
_PATIENCE_S = 2.0
BATCH = 2000

P = ParamSpec("P")
T = TypeVar("T")


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The items in groups of at most ``size``, each taken when the one before it is done with."""
    left = iter(items)
    while group := list(islice(left, size)):
        yield group


class Transaction:
    """A transaction, and the names that its statements may hold; values only ever travel as parameters."""

    def __init__(self, of_driver: AsyncManagedTransaction | AsyncTransaction, vocabulary: Vocabulary) -> None:
        self._of_driver = of_driver
        self.vocabulary = vocabulary

    async def rows(self, cypher: str, /, **parameters: object) -> list[Record]:
        """All records of one statement."""
        return [record async for record in await self._of_driver.run(cypher, parameters)]

    async def row(self, cypher: str, /, **parameters: object) -> Record:
        """The first record of a statement that gives one."""
        return (await self.rows(cypher, **parameters))[0]

    async def run(self, cypher: str, /, **parameters: object) -> None:
        """Run one statement whose records do not matter."""
        await (await self._of_driver.run(cypher, parameters)).consume()

    async def rows_each(self, cypher: str, each: Iterable[object], *, size: int = BATCH) -> list[Record]:
        """All records of a statement for many values, of which it is given ``size`` at once as ``$each``."""
        return [record for some in batches(each, size) for record in await self.rows(cypher, each=some)]

    async def run_each(self, cypher: str, each: Iterable[object], *, size: int = BATCH) -> None:
        """Run one statement for many values, of which it is given ``size`` at once as ``$each``."""
        for some in batches(each, size):
            await self.run(cypher, each=some)

    async def commit(self) -> None:
        """Commit a transaction that is held."""
        assert isinstance(self._of_driver, AsyncTransaction)  # noqa: S101 - the driver commits the others
        await self._of_driver.commit()


class Connection:
    """One driver; every call fails within about 3 s if the server cannot be reached, and works again when it can."""

    def __init__(self, uri: str, user: str, password: str, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
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

    async def read(
        self, work: Callable[Concatenate[Transaction, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``work`` in a read transaction with a time limit."""
        return await self._run(READ_ACCESS, READ_TIMEOUT_S, lambda tx: work(tx, *args, **kwargs))

    async def write(
        self, work: Callable[Concatenate[Transaction, P], Awaitable[T]], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run ``work`` in a write transaction, again where it lost a deadlock."""
        return await self._run(WRITE_ACCESS, WRITE_TIMEOUT_S, lambda tx: work(tx, *args, **kwargs))

    async def fetch(self, cypher: str) -> list[Record]:
        """The records of one reading statement."""
        return await self.read(Transaction.rows, cypher)

    async def free(self) -> bool:
        """Whether no writer is at work."""
        turn = "MATCH (l:Ledger) SET l.turn = coalesce(l.turn, 0) + 1"
        try:
            await self._run(WRITE_ACCESS, _PATIENCE_S, lambda tx: tx.run(turn))
        except StoreLocked:
            return False
        return True

    async def in_batches(self, cypher: str, **parameters: object) -> None:
        """Run a statement that commits batch by batch by itself (``CALL ... IN TRANSACTIONS``)."""
        with translated(self.where, writing=True):
            async with self._session(WRITE_ACCESS) as session:
                await (await session.run(cypher, parameters)).consume()

    async def _run(self, mode: str, timeout_s: float, work: Callable[[Transaction], Awaitable[T]]) -> T:
        limited: Any = unit_of_work(timeout=timeout_s)(lambda tx: work(Transaction(tx, self.vocabulary)))
        with translated(self.where, writing=mode == WRITE_ACCESS):
            async with asyncio.timeout(timeout_s + GRACE_S), self._session(mode) as session:
                done: T = await (session.execute_read if mode == READ_ACCESS else session.execute_write)(limited)
                return done

    @asynccontextmanager
    async def held(self) -> AsyncIterator[Transaction]:
        """An explicit write transaction without a time limit; rolled back where it was not committed.

        The server ends it, and frees its locks, when this process dies.
        """
        with translated(self.where, writing=True, network=False):
            async with self._session(WRITE_ACCESS) as session, await session.begin_transaction() as tx:
                yield Transaction(tx, self.vocabulary)
