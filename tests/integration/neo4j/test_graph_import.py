"""The graph of another program's server is imported over Bolt."""

from pathlib import Path
from typing import LiteralString

import pytest
from neo4j import AsyncDriver

from kg.domain import UNCHANGED, EntityId, Evidence, Name
from kg.errors import InvalidTable, KnowledgeError, StoreUnavailable
from kg.exchange.graph_import import import_graph
from kg.exchange.neo4j_server import Neo4jGraph
from kg.ontology import Ontology
from kg.stores.neo4j.store import Neo4jStore
from kg.stores.sqlite.store import SqliteStore
from tests.neo4j_server import Server

pytestmark = pytest.mark.integration
GRAPH = """
CREATE (h:Herb:Resource {id: 'H1', name: '当归', latin: 'Radix', synonyms: ['Dang Gui', '秦归'], score: 1.5,
                         vector: [x IN range(1, 100) | x * 0.5], seen: date('2024-03-01')}),
       (c:Compound {id: 'C1', name: 'ferulic acid'}), (d:Disease {name_en: 'stroke'}),
       (h)-[:HAS_COMPOUND {pmid: [1, 2]}]->(c), (c)-[:TREATS {species: 'rat'}]->(d)
"""


async def without_constraints(driver: AsyncDriver) -> None:
    constraints, _, _ = await driver.execute_query("SHOW CONSTRAINTS YIELD name RETURN name")
    for record in constraints:
        await driver.execute_query(f"DROP CONSTRAINT `{record['name']}`")


async def test_nodes_and_relationships_become_entities_and_relations(
    server: Server, driver: AsyncDriver, ontology: Ontology, tmp_path: Path
) -> None:
    await without_constraints(driver)
    await driver.execute_query(GRAPH)
    await driver.execute_query("UNWIND range(1, 5000) AS n CREATE (:Gene {id: 'G' + n, symbol: 'S' + n})")
    store = SqliteStore(tmp_path / "kg.db")
    await store.open()
    try:
        source = Neo4jGraph(server.uri, "neo4j", server.password)
        report = await import_graph(store, source, ontology, author="tester")
        assert report.entities == {"Herb": 1, "Compound": 1, "Disease": 1, "Gene": 5000}
        assert report.relations == {"herb_has_compound": 1, "treats": 1}
        (herb,) = await store.entities([EntityId("H1")])
        assert herb.names[:2] == (Name("当归", "zh", True), Name("Radix", "la", True))
        assert herb.attributes == {"score": "1.5", "seen": "2024-03-01"}
        relations = {r.predicate: r for r in await store.relations([EntityId("C1")])}
        assert relations["herb_has_compound"].evidence == (Evidence("PMID:1"), Evidence("PMID:2"))
        assert relations["treats"].object.startswith("Disease:")
        assert relations["treats"].evidence == (Evidence(source.name),)
        assert any("nodes without a property such as id: 1" in note for note in report.notes)
        (revision,) = await store.revisions()
        assert revision.reason == f"import of {source.name}"
        assert server.password not in revision.reason
        again = await import_graph(store, Neo4jGraph(server.uri, "neo4j", server.password), ontology, author="tester")
        assert (again.revision, await store.head()) == (UNCHANGED, report.revision)
        await store.undo(report.revision, author="tester", reason="test")
        assert not (await store.stats()).entities
    finally:
        await store.close()


async def test_ids_that_two_labels_share_stand_behind_the_label(server: Server, driver: AsyncDriver) -> None:
    await without_constraints(driver)
    await driver.execute_query("CREATE (:Herb {id: 1})-[:TREATS]->(:Disease {id: 1})")
    source = Neo4jGraph(server.uri, "neo4j", server.password)
    assert {node.id for node in source.nodes()} == {"Herb:1", "Disease:1"}
    (edge,) = source.edges()
    assert (edge.start, edge.end) == ("Herb:1", "Disease:1")


async def test_a_constraint_names_the_id_of_a_label(server: Server, driver: AsyncDriver) -> None:
    await without_constraints(driver)
    await driver.execute_query("CREATE CONSTRAINT herb_key FOR (n:Herb) REQUIRE n.name IS UNIQUE")
    await driver.execute_query("CREATE (:Herb {name: '当归'}), (:Disease {uid: 'D1'})")
    source = Neo4jGraph(server.uri, "neo4j", server.password)
    assert {node.id for node in source.nodes()} == {"Herb:当归", "D1"}
    await without_constraints(driver)


@pytest.mark.parametrize(
    ("meanwhile", "lost"),
    [
        ("MATCH (n:Disease) DETACH DELETE n", "1 lost"),
        ("MATCH (c:Compound) CREATE (c)-[:TREATS]->(:Disease {id: 'D2'})", "1 lost"),
        ("MATCH ()-[r]->() DELETE r", "2 lost"),
        ("CREATE (:Disease {id: 'D2'})", ""),
    ],
)
async def test_relationships_that_come_or_go_while_the_graph_is_read_are_told(
    server: Server, driver: AsyncDriver, meanwhile: LiteralString, lost: str
) -> None:
    await driver.execute_query(GRAPH)
    source = Neo4jGraph(server.uri, "neo4j", server.password)
    assert len(list(source.nodes())) == 3
    await driver.execute_query(meanwhile)
    list(source.edges())
    (told,) = [str(problem) for problem in source.findings.problems()] or [""]
    assert lost in told
    assert ("import again while nobody writes to it" in told) is bool(lost)


async def test_nothing_is_written_to_the_server(server: Server, driver: AsyncDriver) -> None:
    source = Neo4jGraph(server.uri, "neo4j", server.password)
    with pytest.raises(KnowledgeError, match="read access mode"), source._connected() as session:
        session.run("CREATE (:Herb)").consume()


async def test_a_wrong_password_and_a_server_that_is_away_are_told_with_the_cure(server: Server) -> None:
    with pytest.raises(StoreUnavailable, match="JIANXI_NEO4J_PASSWORD"):
        list(Neo4jGraph(server.uri, "neo4j", "not the password").nodes())
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        list(Neo4jGraph("bolt://127.0.0.1:1", "neo4j", "x").nodes())


async def test_a_store_of_our_own_is_not_taken_for_a_graph_of_others(server: Server, store: Neo4jStore) -> None:
    with pytest.raises(InvalidTable, match="is a store of Jianxi; name it as JIANXI_STORE"):
        list(Neo4jGraph(server.uri, "neo4j", server.password).nodes())
