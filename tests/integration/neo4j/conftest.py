"""A real Neo4j server, emptied; skipped where none is named."""

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from neo4j import AsyncDriver, AsyncGraphDatabase

from kg.stores.neo4j.store import Neo4jStore
from tests.contracts.parts import PREDICATES, TYPES


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server is."""

    uri: str
    password: str

    def store(self, uri: str | None = None) -> Neo4jStore:
        """A store on it, not open yet."""
        return Neo4jStore(uri or self.uri, "neo4j", self.password, domain_types=TYPES, predicates=PREDICATES)


@pytest.fixture
def server() -> Server:
    uri, password = os.environ.get("NEO4J_TEST_URI"), os.environ.get("NEO4J_TEST_PASSWORD")
    if not uri or not password:
        pytest.skip("NEO4J_TEST_URI and NEO4J_TEST_PASSWORD do not name a Neo4j server (CONTRIBUTING tells how)")
    return Server(uri, password)


@pytest.fixture
async def driver(server: Server) -> AsyncIterator[AsyncDriver]:
    """Plain access to the emptied server."""
    async with AsyncGraphDatabase.driver(server.uri, auth=("neo4j", server.password)) as made:
        await made.execute_query("MATCH (n) DETACH DELETE n")
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
