from pathlib import Path

import pytest

from kg.domain import EntityId, Evidence, Name
from kg.errors import InvalidTable
from kg.exchange.graph_import import import_graph
from kg.exchange.graphml import GraphMl
from kg.ontology import Ontology
from kg.stores.sqlite.store import SqliteStore

HEAD = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'
NETWORKX = (
    HEAD
    + """
<key id="d0" for="node" attr.name="type" attr.type="string"/><key id="d1" for="node" attr.name="name"/>
<key id="d2" for="edge" attr.name="relation" attr.type="string"/><key id="d3" for="edge" attr.name="pmid"/>
<graph edgedefault="directed"><node id="H1"><data key="d0">Herb</data><data key="d1">当归</data></node>
<node id="C1"><data key="d0">Compound</data><data key="d1">ferulic acid</data></node>
<edge source="H1" target="C1"><data key="d2">herb_has_compound</data><data key="d3">7</data></edge></graph></graphml>"""
)
APOC = (
    HEAD
    + """
<graph id="G" edgedefault="directed"><node id="H1" labels=":Resource:Herb"><data key="labels">:Resource:Herb</data>
<data key="name">当归</data></node><node id="C1" labels=":Compound"><data key="labels">:Compound</data>
<data key="name">ferulic acid</data></node>
<edge id="e0" source="H1" target="C1" label="HAS_COMPOUND">
<data key="label">HAS_COMPOUND</data><data key="pmid">7</data>
</edge></graph></graphml>"""
)


@pytest.mark.parametrize("text", [NETWORKX, APOC])
async def test_graphml_of_networkx_and_apoc_is_read(
    store: SqliteStore, tmp_path: Path, ontology: Ontology, text: str
) -> None:
    (tmp_path / "g.graphml").write_text(text, encoding="utf-8")
    report = await import_graph(store, GraphMl(tmp_path / "g.graphml"), ontology, author="tester", strict=True)
    assert report.entities == {"Herb": 1, "Compound": 1}
    (herb,) = await store.entities([EntityId("H1")])
    assert (herb.names, herb.attributes) == ((Name("当归", "zh", True),), {})
    (relation,) = await store.relations([herb.id])
    assert (relation.predicate, relation.evidence) == ("herb_has_compound", (Evidence("PMID:7"),))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<graphml><graph>", "not GraphML as it should be"),
        ("", "not GraphML as it should be"),
        (HEAD + "<graph/></graphml>", "there is no node"),
        (
            HEAD + '<graph><node id="1">' + "".join(
                f'<data key="{key}">{{</data>' for key in ("type", "names", "identifiers", "attributes", "bare")
            ) + "</node></graph></graphml>",
            "node '1': its data cannot be read",
        ),
    ],
)  # fmt: skip
async def test_broken_graphml_is_refused(
    store: SqliteStore, tmp_path: Path, ontology: Ontology, text: str, message: str
) -> None:
    (tmp_path / "g.graphml").write_text(text)
    with pytest.raises(InvalidTable, match=message):
        await import_graph(store, GraphMl(tmp_path / "g.graphml"), ontology, author="tester")
    assert await store.head() == 0


async def test_values_by_default_are_read_and_hyperedges_counted(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    text = NETWORKX.replace('attr.name="type" attr.type="string"/>', 'attr.name="type"><default>Herb</default></key>')
    text = text.replace(
        'attr.name="relation" attr.type="string"/>', 'attr.name="relation"><default>USES</default></key>'
    )
    text = text.replace('<data key="d0">Herb</data>', "").replace(
        "</graph>", '<hyperedge><endpoint node="H1"/></hyperedge></graph>'
    )
    (tmp_path / "g.graphml").write_text(text, encoding="utf-8")
    report = await import_graph(store, GraphMl(tmp_path / "g.graphml"), ontology, author="tester", strict=True)
    assert report.entities == {"Herb": 1, "Compound": 1}
    assert report.relations == {"herb_has_compound": 1}
    assert report.notes == ("left out, because an edge has two ends: 1 hyperedges",)
    (herb,) = await store.entities([EntityId("H1")])
    assert herb.attributes == {}
