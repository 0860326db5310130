"""An empty store of each kind; Neo4j's only where a real server is named."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kg.protocols import Store
from kg.stores.sqlite.store import SqliteStore
from tests.contracts.parts import PREDICATES, TYPES

_NEO4J = pytest.param("neo4j", marks=pytest.mark.integration)


async def _empty_neo4j() -> Store:
    uri, password = os.environ.get("NEO4J_TEST_URI"), os.environ.get("NEO4J_TEST_PASSWORD")
    if not uri or not password:
        pytest.skip("NEO4J_TEST_URI and NEO4J_TEST_PASSWORD do not name a Neo4j server (CONTRIBUTING tells how)")
    from neo4j import AsyncGraphDatabase

    from kg.stores.neo4j.store import Neo4jStore

    async with AsyncGraphDatabase.driver(uri, auth=("neo4j", password)) as driver:
        await driver.execute_query("MATCH (n) DETACH DELETE n")
    return Neo4jStore(uri, "neo4j", password, domain_types=TYPES, predicates=PREDICATES)


@pytest.fixture(params=["sqlite", _NEO4J])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty, open store."""
    made: Store = SqliteStore(tmp_path / "knowledge.db") if request.param == "sqlite" else await _empty_neo4j()
    await made.open()
    try:
        yield made
    finally:
        await made.close()
