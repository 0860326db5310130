"""The graph as one sees it in Neo4j's own browser, and what must not get into it."""

import pytest
from neo4j import AsyncDriver

from kg.domain import Evidence, PassageId
from kg.errors import InvalidChange
from kg.ledger.changes import AddEntity, AddRelation
from kg.stores.neo4j.store import Neo4jStore
from tests.contracts.parts import apply, document, entity, ids, load, relation

pytestmark = pytest.mark.integration

_PAYLOADS = [
    *("' OR 1=1 //", "`) DETACH DELETE n //", '"}) MATCH (n) DETACH DELETE n RETURN ({x:"', "\\u0060", "*:*"),
    *("* OR keys:*", "a AND", "(((", "[a TO b]", "x~", "x^9", "/.*/", "$ids", "\x00", "a\nb", "||", "-", "!", "NOT x"),
    *("\U0001f600", "当归 OR *", "a" * 5000, "a " * 3000, "脑" * 5000, "?" * 400, "ab*" * 200),
]


async def test_labels_types_and_mentions_can_be_walked_by_name(store: Neo4jStore, driver: AsyncDriver) -> None:
    await apply(store, AddEntity(entity("h:1", "当归")), AddEntity(entity("d:1", "stroke", type_="disease")))
    await apply(store, AddRelation(relation("h:1", "d:1")))
    await store.put([document("doc", "当归 treats stroke", mentions=[(0, "h:1", 0, 2)])], author="a", reason="b")
    found = await driver.execute_query(
        "MATCH (d:Document)-[:HAS]->(p:Passage)-[:MENTIONS]->(h:herb:Entity)-[r:treats]->(x:disease) "
        "RETURN d.title AS title, h.name AS herb, x.name AS disease, r.id AS id"
    )
    assert [r.data() for r in found.records] == [
        {"title": "Title of doc", "herb": "当归", "disease": "stroke", "id": "h:1|treats|d:1"}
    ]


@pytest.mark.parametrize("payload", _PAYLOADS)
async def test_no_text_of_a_user_is_syntax(store: Neo4jStore, payload: str) -> None:
    await apply(store, AddEntity(entity("h:1", "safe")))
    await store.find(payload)
    await store.find("safe", type_=payload)
    await store.relations(ids(payload), predicates=[payload])
    assert (await store.stats()).entities == {"herb": 1}


@pytest.mark.parametrize("payload", [p for p in _PAYLOADS if len(p) < 1000])
async def test_names_hold_any_text_and_are_found_by_it(store: Neo4jStore, payload: str) -> None:
    await apply(store, AddEntity(entity("h:1", payload, "other")))
    assert [n.text for e in await store.entities(ids("h:1")) for n in e.names] == [payload, "other"]
    assert [e.id for e in await store.find("other")] == ["h:1"]


async def test_types_and_predicates_outside_the_ontology_are_refused(store: Neo4jStore) -> None:
    with pytest.raises(InvalidChange, match="no type 'herb`"):
        await apply(store, AddEntity(entity("h:1", type_="herb`) DETACH DELETE n //")))
    with pytest.raises(InvalidChange, match="no predicate"):
        await load(store, [entity("a"), entity("b")], [relation("a", "b", "cures")])
    assert await store.head() == 0


async def test_texts_that_would_break_an_index_do_not(store: Neo4jStore) -> None:
    await apply(store, AddEntity(entity("h:1", "脑" * 40_000, "x" * 40_000)))
    assert [e.id for e in await store.find("脑脑")] == ["h:1"]
    with pytest.raises(InvalidChange, match="longer than"):
        await apply(store, AddEntity(entity("h" * 9000)))
    await apply(store, AddEntity(entity("h:2")))
    too_long = relation("h:1", "h:2", evidence=[Evidence("x", PassageId("p" * 40_000))])
    with pytest.raises(InvalidChange, match="too long an id"):
        await apply(store, AddRelation(too_long))
    assert await store.head() == 2
