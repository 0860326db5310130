"""A real Neo4j server, emptied; skipped where none is named."""

from collections.abc import AsyncIterator

import pytest
from neo4j import AsyncDriver

from kg.stores.neo4j.store import Neo4jStore
from tests.neo4j_server import Server, named_server


@pytest.fixture
def server() -> Server:
    return named_server()


@pytest.fixture
async def driver(server: Server) -> AsyncIterator[AsyncDriver]:
    """Plain access to the emptied server."""
    async with server.emptied() as made:
        yield made


@pytest.fixture
async def store(server: Server, driver: AsyncDriver) -> AsyncIterator[Neo4jStore]:
    """An empty, open store."""
    made = server.store()
    await made.open()
    try:
        yield made
    finally:
        await made.close()
