from pathlib import Path

import pytest

from kg.domain import EntityId, Evidence, Name
from kg.errors import InvalidTable
from kg.exchange.graph_import import import_graph
from kg.exchange.sources import source_of
from kg.ontology import Ontology
from kg.stores.sqlite.store import SqliteStore
from kg.tables.report import ImportReport

TURTLE = """\
@prefix ex: <http://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
ex:danggui a ex:Herb ; rdfs:label "当归"@zh, "當歸"@zh-TW, "Angelica root"@en-GB, "Angelikawurzel"@de ;
  skos:altLabel "Dang Gui" ; ex:latin "Radix" ; ex:taste "sweet", "warm" ; ex:weight 1.5 ;
  ex:hasCompound ex:ferulic ; ex:seeAlso <http://elsewhere.org/1> ; ex:taxon_id "165353" .
ex:ferulic a ex:Compound ; rdfs:label "ferulic acid" .
ex:stroke a ex:Disease ; ex:name "stroke" .
ex:nameless a ex:Disease .
ex:ferulic ex:TREATS ex:stroke .
[] a rdf:Statement ; rdf:subject ex:ferulic ; rdf:predicate ex:TREATS ; rdf:object ex:stroke ;
  ex:pmid "123" ; ex:species "rat" .
[] a ex:Disease ; rdfs:label "without id" .
"""
EX = "http://example.org/"


async def imported(store: SqliteStore, path: Path, ontology: Ontology) -> ImportReport:
    source = source_of(str(path), ontology)
    assert source is not None
    return await import_graph(store, source, ontology, author="tester")


async def test_turtle_of_others_becomes_entities_with_names_by_language(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    (tmp_path / "g.ttl").write_text(TURTLE, encoding="utf-8")
    report = await imported(store, tmp_path / "g.ttl", ontology)
    assert report.problems == ()
    assert report.entities == {"Herb": 1, "Compound": 1, "Disease": 2}
    assert report.relations == {"herb_has_compound": 1, "treats": 1}
    herb, nameless = await store.entities([EntityId(EX + "danggui"), EntityId(EX + "nameless")])
    assert herb.names == (
        Name("当归", "zh", True),
        Name("當歸", "zh-Hant", True),
        Name("Angelica root", "en", True),
        Name("Radix", "la", True),
        Name("Dang Gui", "en"),
        Name("Angelikawurzel", "en"),
    )
    assert herb.identifiers == {"taxon_id": "165353"}
    assert herb.attributes == {"taste": "sweet; warm", "weight": "1.5", "seeAlso": "http://elsewhere.org/1"}
    assert nameless.names == (Name("nameless", "id"),)
    assert report.notes == ("left out, because they have no id: 1 blank nodes",)


async def test_a_statement_says_more_of_its_triple_and_the_file_is_the_source_of_others(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    (tmp_path / "g.ttl").write_text(TURTLE, encoding="utf-8")
    await imported(store, tmp_path / "g.ttl", ontology)
    relations = {r.predicate: r for r in await store.relations([EntityId(EX + "ferulic")])}
    assert relations["treats"].evidence == (Evidence("PMID:123"),)
    assert relations["treats"].qualifiers == {"species": "rat"}
    assert relations["herb_has_compound"].evidence == (Evidence("g.ttl"),)


async def test_n_triples_and_rdf_xml_are_read(store: SqliteStore, tmp_path: Path, ontology: Ontology) -> None:
    label, type_ = "http://www.w3.org/2000/01/rdf-schema#label", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
    (tmp_path / "a.nt").write_text(f'<{EX}1> <{type_}> <{EX}Gene> .\n<{EX}1> <{label}> "\\u5F53"@zh .\n')
    (tmp_path / "b.owl").write_text(
        f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="{EX}">'
        f'<ex:Gene rdf:about="{EX}2"><ex:name>AQP4</ex:name></ex:Gene></rdf:RDF>'
    )
    for name in ("a.nt", "b.owl"):
        assert (await imported(store, tmp_path / name, ontology)).entities == {"Gene": 1}
    found = await store.entities([EntityId(EX + "1"), EntityId(EX + "2")])
    assert [e.names[0].text for e in found] == ["当", "AQP4"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("g.ttl", '<a> <b> "c .', "not turtle as it should be"),
        ("g.nt", "<a b .", "not nt as it should be"),
        ("g.owl", "<rdf", "not xml as it should be"),
        ("g.ttl", "# nothing\n", "there is no triple"),
        ("g.ttl.gz", "no gzip", "the gzip file is damaged"),
        ("g.dump", "x", "neo4j-admin database load"),
        ("g.pdf", "x", "name a folder of tables, bolt://HOST:PORT, or a file"),
    ],
)
async def test_what_is_no_graph_is_refused_with_the_cure(
    store: SqliteStore, tmp_path: Path, ontology: Ontology, name: str, text: str, message: str
) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InvalidTable, match=message):
        await imported(store, tmp_path / name, ontology)
    assert await store.head() == 0


JSON_LD = """{"@context": {"@vocab": "http://example.org/", "label": "http://www.w3.org/2000/01/rdf-schema#label"},
"@graph": [{"@id": "http://example.org/h", "@type": "Herb", "label": {"@value": "当归", "@language": "zh"},
"hasCompound": {"@id": "http://example.org/c", "@type": "Compound", "label": "ferulic acid"}}]}"""


async def test_json_ld_is_read_and_fetches_no_context(store: SqliteStore, tmp_path: Path, ontology: Ontology) -> None:
    (tmp_path / "g.jsonld").write_text(JSON_LD, encoding="utf-8")
    report = await imported(store, tmp_path / "g.jsonld", ontology)
    assert (report.entities, report.relations) == ({"Herb": 1, "Compound": 1}, {"herb_has_compound": 1})
    for context in ('["http://127.0.0.1:9/c", {}]', '[["http://127.0.0.1:9/c"]]'):
        (tmp_path / "far.jsonld").write_text(f'[{{"x": [{{"@context": {context}}}]}}]')
        with pytest.raises(InvalidTable, match=r"@context names .*, and nothing is fetched; write"):
            await imported(store, tmp_path / "far.jsonld", ontology)


async def test_what_rdf_says_is_kept_as_it_is_written_or_counted(
    store: SqliteStore, tmp_path: Path, ontology: Ontology, caplog: pytest.LogCaptureFixture
) -> None:
    head, _, _ = TURTLE.partition("ex:danggui")
    said = "[] a rdf:Statement ; rdf:subject ex:h ; rdf:predicate ex:hasCompound ; rdf:object ex:{} ; ex:pmid {} .\n"
    text = (
        '@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\nex:c a ex:Compound ; rdfs:label "c", "" .\n'
        'ex:h a ex:Herb ; rdfs:label "h" ; ex:code "007"^^xsd:integer ; ex:dose 1e3 ; ex:day "2024-02-30"^^xsd:date ;\n'
        "  ex:part 0.00000005 ;\n"
        '  ex:hasCompound ex:c, [ rdfs:label "without id" ] ; ex:parts ( "root" "leaf" ) .\n'
    )
    again = "ex:h ex:hasCompound ex:c .\n"
    sayings = said.format("c", 1) + said.format("c", 2) + said.format("d", 3)
    (tmp_path / "g.ttl").write_text(head + text + again + sayings)
    report = await imported(store, tmp_path / "g.ttl", ontology)
    herb, compound = await store.entities([EntityId(EX + "h"), EntityId(EX + "c")])
    assert herb.attributes == {"code": "007", "dose": "1e3", "day": "2024-02-30", "part": "0.00000005"}
    assert compound.names == (Name("c", "en", True),)
    (relation,) = await store.relations([herb.id])
    assert relation.evidence == (Evidence("PMID:1"), Evidence("PMID:2"))
    assert report.notes == (
        "left out, because they have no id: 3 blank nodes",
        "statements left out, because their triples are no links: 1; write the triples, too",
    )
    assert not caplog.records
