"""A bulk load counts only once it is whole; what a crash leaves is taken back."""

import asyncio
import sys
from collections.abc import Iterator, Sequence

import pytest
from neo4j import AsyncDriver

from kg.domain import Entity
from kg.errors import InvalidChange
from kg.ledger.changes import AddEntity
from kg.stores.neo4j import bulk_load, undo, unfinished
from kg.stores.neo4j.store import Neo4jStore
from tests.contracts.parts import apply, entity, ids, load, picture, relation
from tests.neo4j_server import Server

pytestmark = pytest.mark.integration

_LOADER = """
import asyncio, sys, time
from kg.stores.neo4j import bulk_load
from tests.contracts.parts import entity, relation
from tests.neo4j_server import Server

def entities():
    yield [entity("h:1", "changed"), *(entity(f"n:{i}") for i in range(100))]

def relations():
    yield [relation("n:0", f"n:{i}") for i in range(1, 50)]
    print("half", flush=True)
    time.sleep(60)
    yield [relation("n:1", "n:2")]

async def main():
    bulk_load._LOT = 10
    store = Server(sys.argv[1], sys.argv[2]).store()
    await store.open()
    await store.load(entities(), relations(), author="a", reason="b")

asyncio.run(main())
"""


async def test_a_load_that_is_killed_was_never_seen_and_can_be_done_again(server: Server, store: Neo4jStore) -> None:
    await apply(store, AddEntity(entity("h:1", "当归")))
    before, head = await picture(store), await store.head()
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _LOADER, server.uri, server.password, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    assert await asyncio.wait_for(child.stdout.readline(), 60) == b"half\n"
    assert await picture(store) == before
    assert (await store.stats()).relations == {}
    assert await store.find("n:1") == []
    child.kill()
    await child.wait()
    child._transport.close()  # type: ignore[attr-defined]
    assert await picture(store) == before
    again = server.store()
    await again.open()
    try:
        assert await again.head() == head
        assert await picture(again) == before
        await load(again, [entity("n:0"), entity("n:1")], [relation("n:0", "n:1")])
        assert await again.head() == head + 1
    finally:
        await again.close()


async def test_a_load_that_fails_leaves_nothing(store: Neo4jStore, driver: AsyncDriver) -> None:
    def broken() -> Iterator[Sequence[Entity]]:
        yield [entity("h:1")]
        raise OSError("the table cannot be read")

    with pytest.raises(OSError, match="the table cannot be read"):
        await store.load(broken(), [], author="a", reason="b")
    with pytest.raises(InvalidChange, match="which is not there"):
        await load(store, [entity("h:1")], [relation("h:1", "h:9")])
    assert await store.head() == 0
    assert (await driver.execute_query("MATCH (e:Entity) RETURN count(e) AS n"))[0][0]["n"] == 0


async def test_what_one_transaction_cannot_hold_is_carried_out_in_several(
    store: Neo4jStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (bulk_load, undo, unfinished):
        monkeypatch.setattr(module, "ONE_TRANSACTION", 5)
    first = [entity(f"h:{i}", f"name {i}") for i in range(20)]
    edges = [relation("h:0", f"h:{i}") for i in range(1, 20)]
    await load(store, first, edges)
    one = await picture(store)
    second = await load(store, [entity(f"h:{i}", f"other {i}") for i in range(20)], edges)
    assert [e.names[0].text for e in await store.entities(ids("h:3"))] == ["other 3"]
    await store.undo(second, author="a", reason="b")
    assert await picture(store) == one
    third = await store.head()
    await store.undo(third, author="a", reason="again")
    assert [e.names[0].text for e in await store.entities(ids("h:3"))] == ["other 3"]
    assert [h.action for h in await store.history("h:3")] == ["add", "edit", "edit", "edit"]


async def test_a_bulk_load_is_taken_back_whole(store: Neo4jStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(undo, "ONE_TRANSACTION", 5)
    revision = await load(store, [entity(f"h:{i}") for i in range(20)], [relation("h:0", "h:1")])
    await store.undo(revision, author="a", reason="b")
    stats = await store.stats()
    assert (dict(stats.entities), dict(stats.relations)) == ({}, {})
