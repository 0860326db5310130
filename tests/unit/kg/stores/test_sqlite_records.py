"""Records of a SQLite store that an older program wrote."""

import sqlite3
from pathlib import Path

from kg.domain import DocumentId
from kg.records import RecordFilter
from kg.stores.sqlite.store import SqliteStore
from tests.contracts.parts import document

_DERIVED = ("record", "record_author", "record_identifier", "record_name_word", "record_title")


async def _total(path: Path) -> int:
    store = SqliteStore(path)
    await store.open()
    try:
        return (await store.records(RecordFilter(title=("title",)))).total
    finally:
        await store.close()


async def _with_two_documents(path: Path) -> None:
    store = SqliteStore(path)
    await store.open()
    await store.put([document("d1", "One."), document("d2", "Two.")], author="reader", reason="ingest")
    await store.close()


async def test_a_store_without_record_tables_gets_them_when_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "knowledge.db"
    await _with_two_documents(path)
    with sqlite3.connect(path) as connection:
        for table in _DERIVED:
            connection.execute(f"DROP TABLE {table}")
    connection.close()
    assert await _total(path) == 2


async def test_records_follow_documents_that_another_program_removed(tmp_path: Path) -> None:
    path = tmp_path / "knowledge.db"
    await _with_two_documents(path)
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM document WHERE id = ?", (DocumentId("d1"),))
    connection.close()
    assert await _total(path) == 1
