"""What is SQLite's own: one file, several processes, failures of the disk."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest

from kg.domain import Entity, EntityId, Evidence, Relation
from kg.errors import KnowledgeError, StorageFull, StoreLocked, StoreUnavailable
from kg.ledger.changes import AddEntity, ChangeSet
from kg.stores.sqlite.failures import told_as_ours
from kg.stores.sqlite.store import SqliteStore
from tests.contracts.parts import apply, document, entity, ids, load, passage_id, relation
from tests.read_only import open_to_all, read_only


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    made = SqliteStore(tmp_path / "new" / "knowledge.db", busy_timeout_s=0.2)
    await made.open()
    yield made
    await made.close()


def _path(tmp_path: Path) -> Path:
    return tmp_path / "new" / "knowledge.db"


async def test_a_purged_text_is_overwritten_in_the_file(tmp_path: Path, store: SqliteStore) -> None:
    text = "Tortuosity is the ratio of two distances."
    kept = "Ice floats on water."
    evidence = [Evidence("PM-d1", passage_id("d1", 0), text)]
    await load(store, [entity("a"), entity("b")])
    await store.put([document("d1", text), document("d2", kept)], author="a", reason="r")
    await load(store, [], [relation("a", "b", evidence=evidence)])
    await store.purge([document("d1").document.id], author="a", reason="r")
    stored = b"".join(path.read_bytes() for path in _path(tmp_path).parent.iterdir())
    assert kept.encode() in stored
    assert text.encode() not in stored


@pytest.mark.parametrize(
    ("code", "ours"),
    [
        (sqlite3.SQLITE_BUSY, StoreLocked),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, StoreLocked),
        (sqlite3.SQLITE_LOCKED, StoreLocked),
        (sqlite3.SQLITE_FULL, StorageFull),
        (sqlite3.SQLITE_IOERR_WRITE, StorageFull),
        (sqlite3.SQLITE_NOTADB, StoreUnavailable),
        (sqlite3.SQLITE_CORRUPT, StoreUnavailable),
        (sqlite3.SQLITE_CANTOPEN, StoreUnavailable),
        (sqlite3.SQLITE_READONLY, StoreUnavailable),
        (sqlite3.SQLITE_PERM, StoreUnavailable),
        (sqlite3.SQLITE_ERROR, StoreUnavailable),
        (None, StoreUnavailable),
    ],
)
def test_every_error_of_sqlite_is_told_as_ours(code: int | None, ours: type[KnowledgeError]) -> None:
    error = sqlite3.OperationalError("what SQLite says")
    if code is not None:
        error.sqlite_errorcode = code
    with pytest.raises(ours, match=r"knowledge\.db") as caught, told_as_ours(Path("knowledge.db")):
        raise error
    assert type(caught.value) is ours
    assert caught.value.__cause__ is error


def test_an_error_of_the_file_system_is_told_as_ours() -> None:
    with pytest.raises(StoreUnavailable, match="no rights"), told_as_ours(Path("knowledge.db")):
        raise PermissionError("no rights")


async def test_a_store_that_is_not_open_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="open it first"):
        await SqliteStore(tmp_path / "k.db").head()


async def test_a_store_may_be_closed_and_opened_again(store: SqliteStore) -> None:
    await load(store, [entity("a")])
    await store.close()
    await store.open()
    assert [e.id for e in await store.entities(ids("a"))] == ["a"]


async def test_a_strangers_file_is_refused_and_left_alone(tmp_path: Path) -> None:
    foreign = sqlite3.connect(tmp_path / "other.db")
    foreign.execute("CREATE TABLE theirs (x)")
    foreign.close()
    with pytest.raises(StoreUnavailable, match="another program"):
        await SqliteStore(tmp_path / "other.db").open()
    (tmp_path / "text.db").write_text("not a database, but long enough to look at" * 30)
    with pytest.raises(StoreUnavailable, match="not a valid SQLite file"):
        await SqliteStore(tmp_path / "text.db").open()


async def test_a_newer_schema_is_refused(store: SqliteStore, tmp_path: Path) -> None:
    await store.close()
    connection = sqlite3.connect(_path(tmp_path))
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(StoreUnavailable, match="newer program"):
        await SqliteStore(_path(tmp_path)).open()


async def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        await SqliteStore(tmp_path / "file" / "k.db").open()


@pytest.mark.parametrize("in_use", [False, True])
async def test_a_store_that_may_not_be_written_is_read(in_use: bool) -> None:
    with open_to_all() as folder:
        made = SqliteStore(folder / "knowledge.db")
        await made.open()
        await load(made, [entity("a")])
        if not in_use:
            await made.close()
        with read_only(folder):
            store = SqliteStore(folder / "knowledge.db")
            await store.open()
            assert [e.id for e in await store.entities(ids("a"))] == ["a"]
            with pytest.raises(StoreUnavailable, match="may not be written; change its rights"):
                await load(store, [entity("b")])
            await store.close()
        await made.close()


async def test_a_write_waits_for_another_process_and_then_says_it_is_locked(store: SqliteStore, tmp_path: Path) -> None:
    other = sqlite3.connect(_path(tmp_path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreLocked, match="another process is writing"):
        await load(store, [entity("a")])
    assert await store.head() == 0
    other.execute("ROLLBACK")
    other.close()
    assert await load(store, [entity("a")]) == 1


async def test_a_full_disk_is_told_and_nothing_of_the_transaction_is_kept(store: SqliteStore, tmp_path: Path) -> None:
    await load(store, [entity("a")])

    def limited(connection: sqlite3.Connection) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")

    await store._file.write(limited)
    many = [document(f"d{n}", *("text " * 400 + str(i) for i in range(20))) for n in range(20)]
    with pytest.raises(StorageFull, match="nothing of this was kept"):
        await store.put(many, author="a", reason="r")
    assert await store.head() == 1
    assert list(await store.list_documents()) == []


async def test_a_reader_sees_one_state_while_a_load_runs(store: SqliteStore) -> None:
    await load(store, [entity("a")])
    seen: list[int] = []
    loop = asyncio.get_running_loop()

    def slowly() -> Iterator[Sequence[Entity]]:
        for n in range(3):
            yield [entity(f"e{n}")]
            stats = asyncio.run_coroutine_threadsafe(store.stats(), loop).result(5)
            seen.append(sum(stats.entities.values()))

    await store.load(slowly(), [], author="a", reason="r")
    assert seen == [1, 1, 1]
    assert sum((await store.stats()).entities.values()) == 4


async def test_many_editors_at_once_lose_no_update(store: SqliteStore) -> None:
    await asyncio.gather(*(apply(store, AddEntity(entity(f"e{n}"))) for n in range(40)))
    assert await store.head() == 40
    assert dict((await store.stats()).entities) == {"herb": 40}


_ADD = """
import asyncio, sys
from pathlib import Path
from kg.ledger.changes import AddEntity, ChangeSet
from kg.domain import Entity, EntityId, Name
from kg.stores.sqlite.store import SqliteStore

async def main(path, who):
    store = SqliteStore(Path(path))
    await store.open()
    for n in range(int(sys.argv[3])):
        entity = Entity(EntityId(f"{who}{n}"), "herb", (Name("x", "en"),))
        await store.apply(ChangeSet((AddEntity(entity),), who, "two processes"))
        print(n, flush=True)
    await store.close()

asyncio.run(main(sys.argv[1], sys.argv[2]))
"""


def _process(path: Path, who: str, times: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _ADD, str(path), who, str(times)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[4])


async def test_two_processes_write_one_file_they_both_made(tmp_path: Path) -> None:
    path = tmp_path / "shared.db"
    processes = [_process(path, who, 15) for who in "ab"]
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0, 0]
    store = SqliteStore(path)
    await store.open()
    assert await store.head() == 30
    assert dict((await store.stats()).entities) == {"herb": 30}
    await store.close()


async def test_a_killed_writer_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "killed.db"
    acknowledged = 0
    for round_ in range(3):
        process = _process(path, f"r{round_}-", 100_000)
        assert process.stdout is not None
        for _ in range(5 + 10 * round_):
            assert process.stdout.readline()
            acknowledged += 1
        time.sleep(0.003 * round_)
        os.kill(process.pid, signal.SIGKILL)
        acknowledged += len(process.stdout.readlines())
        process.stdout.close()
        process.wait(10)
    store = SqliteStore(path)
    await store.open()
    head = await store.head()
    assert acknowledged <= head <= acknowledged + 3
    assert dict((await store.stats()).entities) == {"herb": head}
    await store.close()


async def test_a_bulk_load_is_undone_and_redone(store: SqliteStore) -> None:
    entities = [entity(f"e{n}") for n in range(6000)]
    relations = [relation(f"e{n}", f"e{(n * 7 + 1) % 6000}") for n in range(6000)]
    loaded = await load(store, entities, relations)
    some = [e.id for e in entities[::100]]
    near = [r.id for r in await store.relations(some)]
    undone = await store.undo(loaded, author="a", reason="r")
    assert dict((await store.stats()).entities) == dict((await store.stats()).relations) == {}
    assert await store.find("e5999") == []
    await store.undo(undone, author="a", reason="r")
    assert dict((await store.stats()).relations) == {"treats": 6000}
    assert [r.id for r in await store.relations(some)] == near
    assert [e.version for e in await store.entities(some)] == [3] * len(some)
    assert [e.id for e in await store.find("e5999")] == ["e5999"]


async def test_ids_with_the_separator_keep_apart(store: SqliteStore) -> None:
    pipes = [entity("sp"), entity("sp|P1"), entity("sp|P1|X"), entity("z")]
    relations: list[Relation] = [relation("sp", "z"), relation("sp|P1", "z"), relation("z", "sp|P1|X")]
    await load(store, pipes, relations)
    assert list(await store.relations(ids("sp"))) == [relations[0]]
    assert list(await store.relations(ids("sp|P1"))) == [relations[1]]
    assert list(await store.relations(ids("sp|P1|X"))) == [relations[2]]


async def test_a_bulk_load_writes_no_history_rows(store: SqliteStore, tmp_path: Path) -> None:
    await load(store, [entity("a"), entity("b")], [relation("a", "b")])
    connection = sqlite3.connect(_path(tmp_path))
    counts = [connection.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in ("entity_past", "relation_past")]
    connection.close()
    assert counts == [0, 0]
    assert [h.action for h in await store.history("a|treats|b")] == ["add"]


async def test_a_change_set_on_a_hub_reads_what_it_needs(store: SqliteStore) -> None:
    leaves = [f"l{n}" for n in range(1500)]
    await load(store, [entity("hub"), *map(entity, leaves)], [relation("hub", leaf) for leaf in leaves])
    change = AddEntity(entity("new"))
    assert await store.apply(ChangeSet((change,), "a", "r")) == 2
    near = await store.neighbourhood(EntityId("hub"), limit=50)
    assert len(near.entities) == 50
    assert near.truncated
