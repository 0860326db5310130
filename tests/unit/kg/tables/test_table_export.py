from pathlib import Path
from typing import Literal

import pytest

from kg.domain import Entity, EntityId, Evidence, Name, PassageId, Polarity, Relation, relation_id
from kg.errors import InvalidTable
from kg.ontology import Ontology
from kg.stores.sqlite.store import SqliteStore
from kg.tables.mapping import load_mapping
from kg.tables.table_export import export_tables
from kg.tables.table_import import import_tables

ENTITIES = [
    Entity(
        EntityId("H|1"),
        "Herb",
        (Name("当归", "zh", True), Name("a | b=c\\d", "en"), Name('quo"ted\tta,b\nnew', "la")),
        {"pmid": "1"},
        {"note": "{curly} | x", "=key": "trailing "},
    ),
    Entity(EntityId("P"), "Protein", (Name("AQP4", "symbol"),), bare=True),
    Entity(EntityId("E"), "ECSParameter", ()),
]
RELATIONS = [
    Relation(
        relation_id("H|1", "regulates", "E"),
        EntityId("H|1"),
        "regulates",
        EntityId("E"),
        Polarity.NEGATIVE,
        "animal",
        {"species": "rat | mouse"},
        (Evidence("doi:10.1/x", None, 'said "so"'), Evidence("y", PassageId("p1"))),
    ),
    Relation(relation_id("P", "associated_with", "E"), EntityId("P"), "associated_with", EntityId("E")),
]


@pytest.fixture
async def stores(two_stores: tuple[SqliteStore, SqliteStore]) -> tuple[SqliteStore, SqliteStore]:
    await two_stores[0].load([ENTITIES], [RELATIONS], author="tester", reason="test")
    return two_stores


@pytest.mark.parametrize("compress", [False, True])
@pytest.mark.parametrize("format_", ["csv", "tsv", "jsonl"])
async def test_an_export_imports_to_the_same_graph(
    stores: tuple[SqliteStore, SqliteStore],
    tmp_path: Path,
    ontology: Ontology,
    format_: Literal["csv", "tsv", "jsonl"],
    compress: bool,
) -> None:
    full, empty = stores
    folder = tmp_path / "out"
    report = await export_tables(full, folder, format_=format_, compress=compress)
    assert (report.entities, report.relations) == (3, 2)
    await import_tables(empty, folder, load_mapping(folder / "mapping.yaml"), ontology, author="tester", strict=True)
    ids = [e.id for e in ENTITIES]
    assert list(await empty.entities(ids)) == ENTITIES
    assert sorted(await empty.relations(ids), key=lambda r: r.id) == sorted(RELATIONS, key=lambda r: r.id)


async def test_an_export_overwrites_nothing(stores: tuple[SqliteStore, SqliteStore], tmp_path: Path) -> None:
    await export_tables(stores[0], tmp_path / "out")
    with pytest.raises(InvalidTable, match=r"holds entities\.csv, relations\.csv, mapping\.yaml already"):
        await export_tables(stores[0], tmp_path / "out")
