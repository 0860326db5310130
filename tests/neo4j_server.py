"""The real Neo4j server that the environment names, emptied for a test."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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

    @asynccontextmanager
    async def emptied(self) -> AsyncIterator[AsyncDriver]:
        """Plain access to it, without any node."""
        async with AsyncGraphDatabase.driver(self.uri, auth=("neo4j", self.password)) as driver:
            await driver.execute_query("MATCH (n) DETACH DELETE n")
            yield driver


def named_server() -> Server:
    """The server that the environment names; the test is skipped where it names none."""
    uri, password = os.environ.get("NEO4J_TEST_URI"), os.environ.get("NEO4J_TEST_PASSWORD")
    if not uri or not password:
        pytest.skip("NEO4J_TEST_URI and NEO4J_TEST_PASSWORD do not name a Neo4j server (CONTRIBUTING tells how)")
    return Server(uri, password)
