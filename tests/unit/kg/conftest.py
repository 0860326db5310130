"""Empty stores in SQLite that are open."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from kg.stores.sqlite.store import SqliteStore


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    async with _opened(tmp_path / "kg.db") as made:
        yield made


@pytest.fixture
async def two_stores(tmp_path: Path) -> AsyncIterator[tuple[SqliteStore, SqliteStore]]:
    """One to export from and one to import into."""
    async with _opened(tmp_path / "full.db") as full, _opened(tmp_path / "empty.db") as empty:
        yield full, empty


@asynccontextmanager
async def _opened(path: Path) -> AsyncIterator[SqliteStore]:
    made = SqliteStore(path)
    await made.open()
    try:
        yield made
    finally:
        await made.close()
