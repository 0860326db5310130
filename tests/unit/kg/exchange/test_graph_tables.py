from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kg.domain import UNCHANGED, EntityId, Name
from kg.errors import InvalidTable
from kg.exchange.domain import Edge, Node, value_of
from kg.exchange.graph_import import import_graph
from kg.ontology import Ontology
from kg.stores.sqlite.store import SqliteStore
from kg.tables.report import Findings


@dataclass
class GraphOfTest:
    name: str = "a graph"
    findings: Findings = field(default_factory=Findings)
    more: tuple[Node, ...] = ()

    def nodes(self) -> Iterator[Node]:
        yield Node("1", ("Thing", "herb"), {"chinese": "当归", "price": "3", "aliases": ("x", "y")})
        yield Node("2", ("CHEMICAL_CONSTITUENT",), {"title": "ferulic acid"})
        yield Node("3", ("Rocket\nfile: x",), {"title": "V2"})
        yield from self.more

    def edges(self) -> Iterator[Edge]:
        yield Edge("1", "herbHasCompound", "2", {"polarity": "none", "grade": "animal", "Dose": "1 g", "rank": "5"})
        yield Edge("1", "FLIES", "3", {})


async def test_labels_and_types_are_found_whatever_their_case_and_unknown_ones_are_told(
    store: SqliteStore, ontology: Ontology
) -> None:
    report = await import_graph(store, GraphOfTest(), ontology, author="tester")
    assert report.entities == {"Herb": 1, "Compound": 1}
    (relation,) = await store.relations([EntityId("1")])
    assert (relation.predicate, relation.grade) == ("herb_has_compound", "animal")
    assert relation.qualifiers == {"dose": "1 g"}
    assert "not among the types of the subject: Rocket\nfile: x" in report.notes
    assert "not among the predicates of the subject: FLIES" in report.notes
    assert "herbHasCompound: rank left out, no conditions of herb_has_compound" in report.notes
    assert [(p.kind, list(p.lines)) for p in report.problems] == [
        ("unknown_type", [3]),
        ("unknown_predicate", [2]),
    ]


async def test_a_dry_run_writes_nothing_and_reports_the_same(store: SqliteStore, ontology: Ontology) -> None:
    tried = await import_graph(store, GraphOfTest(), ontology, author="tester", dry_run=True)
    assert (tried.revision, await store.head()) == (0, 0)
    done = await import_graph(store, GraphOfTest(), ontology, author="tester")
    assert (tried.entities, tried.relations, tried.problems) == (done.entities, done.relations, done.problems)
    again = await import_graph(store, GraphOfTest(), ontology, author="tester", dry_run=True)
    assert (again.revision, await store.head()) == (UNCHANGED, done.revision)


async def test_half_a_character_is_told_and_never_replaced(store: SqliteStore, ontology: Ontology) -> None:
    graph = GraphOfTest(more=(Node("4", ("herb",), {"title": "half \ud83d"}),))
    report = await import_graph(store, graph, ontology, author="tester")
    assert "nodes.jsonl: not JSON: half of a character (a lone surrogate); write whole ones (line 4)" in map(
        str, report.problems
    )
    assert not await store.entities([EntityId("4")])


async def test_kept_tables_are_imported_again_by_a_changed_mapping(
    store: SqliteStore, ontology: Ontology, tmp_path: Path
) -> None:
    await import_graph(store, GraphOfTest(), ontology, author="tester", tables=tmp_path / "kept", dry_run=True)
    mapping = tmp_path / "kept" / "mapping.yaml"
    text = mapping.read_text(encoding="utf-8")
    assert "# not among the types of the subject: Rocket file: x\n" in text
    changed = text.replace("herb: Herb", 'herb: Herb\n      "Rocket\\nfile: x": Method').replace(
        "names:\n    pairs: :NAMES", "names: [{column: aliases, script: en, split: ['; ']}]"
    )
    (tmp_path / "mine.yaml").write_text(changed, encoding="utf-8")
    report = await import_graph(store, GraphOfTest(), ontology, author="tester", mapping=str(tmp_path / "mine.yaml"))
    assert report.entities == {"Herb": 1, "Compound": 1, "Method": 1}
    (herb,) = await store.entities([EntityId("1")])
    assert herb.names == (Name("x", "en"), Name("y", "en"))
    with pytest.raises(InvalidTable, match=r"holds nodes\.jsonl, edges\.jsonl, mapping\.yaml already"):
        await import_graph(store, GraphOfTest(), ontology, author="tester", tables=tmp_path / "kept")


async def test_a_second_import_changes_nothing_and_names_damaged_by_a_spreadsheet_are_told(
    store: SqliteStore, ontology: Ontology
) -> None:
    first = await import_graph(store, GraphOfTest(), ontology, author="tester")
    assert (await import_graph(store, GraphOfTest(), ontology, author="tester")).revision == UNCHANGED
    assert await store.head() == first.revision
    more = (Node("1.23E+05", ("Gene",), {"symbol": "A"}),)
    report = await import_graph(store, GraphOfTest(more=more), ontology, author="tester")
    assert "spreadsheet" in {p.kind for p in report.problems}


def test_values_become_text_and_vectors_do_not() -> None:
    assert [value_of(v) for v in (True, 3, 1.5, "x", None, b"x")] == ["true", "3", "1.5", "x", None, None]
    assert value_of(["a", None, 2]) == ("a", "2")
    assert value_of([0.1] * 384) is None
