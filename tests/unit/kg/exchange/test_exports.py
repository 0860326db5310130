"""What is exported to a file is the same graph after an import."""

from pathlib import Path

import pytest
from lxml import etree
from rdflib import Graph, Literal, URIRef
from rdflib.namespace import RDF, SKOS

from kg.domain import Entity, EntityId, Evidence, Name, PassageId, Polarity, Relation, relation_id
from kg.errors import InvalidTable
from kg.exchange.graph_export import export_graph
from kg.exchange.graph_import import import_graph
from kg.exchange.sources import source_of
from kg.ontology import Ontology
from kg.stores.sqlite.store import SqliteStore

ENTITIES = [
    Entity(
        EntityId('H|1/a b"<é'),
        "Herb",
        (
            Name("当归", "zh", True),
            Name("當歸", "zh-Hant"),
            Name("dāngguī", "pinyin"),
            Name("a | b=c\\d", "en"),
            Name('quo"ted\tta,b\nnew\r\\', "la"),
            Name("second", "en", True),
        ),
        {"pmid": "1", "a b": "<x> & y"},
        {"note": "{curly} | x\uffff", "=key": "trailing ", "name_zh": "an attribute"},
    ),
    Entity(EntityId("P"), "Protein", (Name("AQP4", "symbol"), Name("P0", "id")), bare=True),
    Entity(EntityId("http://purl.org/x#E"), "ECSParameter", ()),
]
E, H, P = EntityId("http://purl.org/x#E"), ENTITIES[0].id, EntityId("P")
RELATIONS = [
    Relation(
        relation_id(H, "regulates", E),
        H,
        "regulates",
        E,
        Polarity.NEGATIVE,
        "animal",
        {"species": "rat | mouse"},
        (Evidence("doi:10.1/x", None, 'said "so"'), Evidence("y", PassageId("p1"))),
    ),
    Relation(relation_id(P, "associated_with", E), P, "associated_with", E),
    Relation(relation_id(P, "inhibits", E), P, "inhibits", E, Polarity.NEGATIVE),
]
NAMES = ["graph.ttl", "graph.graphml", "graph.ttl.gz", "graph.graphml.gz"]


@pytest.fixture
async def stores(two_stores: tuple[SqliteStore, SqliteStore]) -> tuple[SqliteStore, SqliteStore]:
    await two_stores[0].load([ENTITIES], [RELATIONS], author="Li", reason="first\ntables")
    return two_stores


@pytest.mark.parametrize("name", NAMES)
async def test_an_export_imports_to_the_same_graph_which_one_undo_takes_back(
    stores: tuple[SqliteStore, SqliteStore], tmp_path: Path, ontology: Ontology, name: str
) -> None:
    full, empty = stores
    exported = await export_graph(full, tmp_path / name)
    assert (exported.entities, exported.relations) == (3, 3)
    source = source_of(str(tmp_path / name), ontology)
    assert source is not None
    report = await import_graph(empty, source, ontology, author="tester", strict=True)
    assert report.notes == ()
    ids = [e.id for e in ENTITIES]
    assert list(await empty.entities(ids)) == ENTITIES
    assert sorted(await empty.relations(ids), key=lambda r: r.id) == sorted(RELATIONS, key=lambda r: r.id)
    (revision,) = await empty.revisions()
    assert revision.reason == f"import of {name}"
    await empty.undo(report.revision, author="tester", reason="test")
    assert not (await empty.stats()).entities


@pytest.mark.parametrize("name", NAMES)
async def test_an_export_overwrites_nothing_and_leaves_no_part_behind(
    stores: tuple[SqliteStore, SqliteStore], tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_text("mine")
    with pytest.raises(InvalidTable, match=rf"holds {name} already"):
        await export_graph(stores[0], tmp_path / name)
    assert (tmp_path / name).read_text() == "mine"
    assert not list(tmp_path.glob("*.part"))


async def test_turtle_is_read_by_others_with_names_types_links_and_history(
    stores: tuple[SqliteStore, SqliteStore], tmp_path: Path
) -> None:
    await export_graph(stores[0], tmp_path / "g.ttl")
    read = Graph().parse(tmp_path / "g.ttl")
    herb = next(read.subjects(RDF.type, URIRef("urn:jianxi:type:Herb")))
    assert Literal("当归", lang="zh") in set(read.objects(herb, SKOS.prefLabel))
    assert (herb, URIRef("urn:jianxi:predicate:regulates"), URIRef(E)) in read
    first = URIRef("urn:jianxi:history:1")
    assert str(read.value(first, SKOS.note)) == "first\ntables"
    assert str(read.value(first, URIRef("http://www.w3.org/ns/prov#wasAssociatedWith"))) == "Li"


async def test_graphml_has_labels_types_and_history_for_other_programs(
    stores: tuple[SqliteStore, SqliteStore], tmp_path: Path
) -> None:
    await export_graph(stores[0], tmp_path / "g.graphml")
    root = etree.parse(tmp_path / "g.graphml").getroot()
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    declared = {k.get("id") for k in root.findall("g:key", space)}
    assert {d.get("key") for d in root.iterfind(".//g:data", space)} <= declared
    assert "Herb" in {d.text for d in root.iterfind(".//g:data[@key='node_type']", space)}
    assert "second" in {d.text for d in root.iterfind(".//g:data[@key='node_label']", space)}
    assert "load by Li: first" in str(root.findtext(".//g:desc", namespaces=space))
