"""When Neo4j is away calls fail soon and say so; when it is back they work again by themselves."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kg.errors import StoreUnavailable
from kg.ledger.changes import AddEntity
from tests.contracts.parts import apply, entity
from tests.neo4j_server import Server

pytestmark = pytest.mark.integration


class Door:
    """A way to the server that can be shut; then it refuses, as a server that is down does."""

    def __init__(self, host: str, port: int) -> None:
        self._to = (host, port)
        self._listening: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def open(self) -> None:
        self._listening = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._listening.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        if self._listening is not None:
            self._listening.close()
            self._listening = None
        for writer in list(self._writers):
            writer.transport.abort()
        await asyncio.sleep(0.05)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(*self._to)
        self._writers |= {writer, back}
        await asyncio.gather(_pump(reader, back), _pump(there, writer))
        for one in (writer, back):
            self._writers.discard(one)
            one.close()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    except OSError:
        pass
    finally:
        writer.transport.abort()


@asynccontextmanager
async def _door(server: Server) -> AsyncIterator[Door]:
    parts = urlsplit(server.uri)
    door = Door(parts.hostname or "127.0.0.1", parts.port or 7687)
    await door.open()
    try:
        yield door
    finally:
        await door.shut()


@pytest.mark.usefixtures("driver")
async def test_a_server_that_goes_away_is_told_within_three_seconds_and_found_again(server: Server) -> None:
    async with _door(server) as door:
        store = server.store(f"bolt://127.0.0.1:{door.port}")
        await store.open()
        try:
            await apply(store, AddEntity(entity("h:1", "当归")))
            await door.shut()
            for call in (store.head, store.stats, lambda: apply(store, AddEntity(entity("h:2")))):
                started = time.monotonic()
                with pytest.raises(StoreUnavailable, match="cannot be reached"):
                    await call()
                assert time.monotonic() - started < 3
            await door.open()
            assert [e.id for e in await store.find("当归")] == ["h:1"]
            await apply(store, AddEntity(entity("h:2")))
            assert await store.head() == 2
        finally:
            await store.close()


async def test_a_server_that_is_not_there_is_told_on_opening() -> None:
    store = Server("bolt://127.0.0.1:1", "none").store()
    started = time.monotonic()
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        await store.open()
    assert time.monotonic() - started < 3


async def test_a_wrong_password_is_told_as_such(server: Server) -> None:
    store = Server(server.uri, "not the password").store()
    with pytest.raises(StoreUnavailable, match="check user and password"):
        await store.open()


async def test_a_store_that_is_not_open_says_so(server: Server) -> None:
    with pytest.raises(StoreUnavailable, match="open"):
        await server.store().head()


@asynccontextmanager
async def _running(serve: str, home: Path, port: int, password: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """A server of this test's own, started by the command that NEO4J_TEST_SERVE names."""
    process = await asyncio.create_subprocess_exec(
        serve, str(home), str(port), password, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        while not (line := await asyncio.wait_for(process.stdout.readline(), 120)).startswith(b"READY"):
            assert line, "the server ended before it was ready"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_server_that_is_killed_and_started_again_has_all_and_is_found(tmp_path: Path) -> None:
    serve = os.environ.get("NEO4J_TEST_SERVE")
    if not serve:
        pytest.skip("NEO4J_TEST_SERVE does not name a script that starts Neo4j (see CONTRIBUTING.md)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    store = Server(f"bolt://127.0.0.1:{port}", "a-test-password").store()
    async with _running(serve, tmp_path, port, "a-test-password"):
        await store.open()
        await apply(store, AddEntity(entity("h:1", "当归")))
    try:
        started = time.monotonic()
        with pytest.raises(StoreUnavailable, match="cannot be reached"):
            await store.find("当归")
        assert time.monotonic() - started < 3
        async with _running(serve, tmp_path, port, "a-test-password"):
            assert [e.id for e in await store.find("当归")] == ["h:1"]
            await apply(store, AddEntity(entity("h:2")))
    finally:
        await store.close()
