"""An empty store of each kind; Neo4j's only where a real server is named."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kg.protocols import Store
from kg.stores.sqlite.store import SqliteStore

_NEO4J = pytest.param("neo4j", marks=pytest.mark.integration)


async def _empty_neo4j() -> Store:
    from tests.neo4j_server import named_server

    server = named_server()
    async with server.emptied():
        return server.store()


@pytest.fixture(params=["sqlite", _NEO4J])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    """An empty, open store."""
    made: Store = SqliteStore(tmp_path / "knowledge.db") if request.param == "sqlite" else await _empty_neo4j()
    await made.open()
    try:
        yield made
    finally:
        await made.close()
