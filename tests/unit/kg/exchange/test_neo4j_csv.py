from pathlib import Path

import pytest

from kg.domain import EntityId, Evidence, Name
from kg.errors import InvalidTable
from kg.exchange.graph_import import import_graph
from kg.exchange.neo4j_csv import Neo4jCsv, is_neo4j_csv
from kg.ontology import Ontology
from kg.stores.sqlite.store import SqliteStore
from kg.tables.report import ImportReport

ADMIN = {
    "herbs.csv": "herbId:ID(Herb-ID),name:string,synonyms:string[],age:int,skip:IGNORE,:LABEL\n"
    'H1,当归,"Dang Gui;秦归",3,x,Resource;Herb\nH2,黄芪,,,,Herb\n',
    "compounds.csv": ":ID(Compound-ID){label:Compound},name,:LABEL\nC1,ferulic acid,Compound\n",
    "links.csv": ":START_ID(Herb-ID),pmid:string[],species,:END_ID(Compound-ID),:TYPE\nH1,1;2,rat,C1,HAS_COMPOUND\n",
}
BIOCYPHER = {
    "Compound-header.csv": ":ID;name;synonyms:string[];:LABEL",
    "Compound-part000.csv": '"C1";"ferulic acid";"FA|ferulate";"Compound|Thing"\n',
    "Compound-part001.csv": '"C2";"paeoniflorin";;"Compound|Thing"\n',
    "Disease-header.csv": ":ID;name",
    "Disease-part000.csv": '"D1";"stroke"\n',
    "Treats-header.csv": ":START_ID;source;:END_ID;:TYPE",
    "Treats-part000.csv": '"C1";"a book";"D1";"Treats"\n',
}
APOC = {
    "all.csv": '"_id","_labels","name","_start","_end","_type","doi"\n"1",":Herb","当归",,,,\n'
    '"2",":Compound","ferulic acid",,,,\n,,,"1","2","HAS_COMPOUND","10.1/x"\n'
}


async def imported(store: SqliteStore, folder: Path, files: dict[str, str], ontology: Ontology) -> ImportReport:
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    assert is_neo4j_csv(folder)
    return await import_graph(store, Neo4jCsv(folder), ontology, author="tester", strict=True)


async def test_csv_of_neo4j_admin_is_read_with_types_arrays_and_id_spaces(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    report = await imported(store, tmp_path / "in", ADMIN, ontology)
    assert report.entities == {"Herb": 2, "Compound": 1}
    (herb,) = await store.entities([EntityId("Herb-ID:H1")])
    assert herb.names == (Name("当归", "zh", True), Name("Dang Gui", "en"), Name("秦归", "zh"))
    assert (herb.identifiers, herb.attributes) == ({"herbId": "H1"}, {"age": "3"})
    (relation,) = await store.relations([herb.id])
    assert (relation.predicate, relation.object) == ("herb_has_compound", "Compound-ID:C1")
    assert (relation.qualifiers, relation.evidence) == ({"species": "rat"}, (Evidence("PMID:1"), Evidence("PMID:2")))


async def test_headers_in_files_of_their_own_parts_and_other_delimiters_are_read(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    report = await imported(store, tmp_path / "in", BIOCYPHER, ontology)
    assert report.entities == {"Compound": 2, "Disease": 1}
    assert report.relations == {"treats": 1}
    (compound,) = await store.entities([EntityId("C1")])
    assert [n.text for n in compound.names] == ["ferulic acid", "FA", "ferulate"]
    (relation,) = await store.relations([compound.id])
    assert relation.evidence == (Evidence("a book"),)


async def test_one_file_of_apoc_holds_nodes_and_relationships(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    report = await imported(store, tmp_path / "in", APOC, ontology)
    assert (report.entities, report.relations) == ({"Herb": 1, "Compound": 1}, {"herb_has_compound": 1})


BROKEN = {
    "Herb.csv": ":ID,name\nH1,当归\nH2\n,no id\n",
    "all.csv": "_id,_labels,name,_start,_end,_type\nC1,:Compound,a,,,\n,,,H1,C1,HAS_COMPOUND\n,,,,C1,TREATS\nC2,x\n",
    "other.csv": "a,b\n",
}
TOLD = [
    ("other.csv: no header with :ID or :START_ID belongs to it", []),
    ("Herb.csv: rows without the 2 columns of the header (one has 1)", [3]),
    ("Herb.csv: no :ID", [4]),
    ("all.csv: no :ID", [4]),
    ("all.csv: rows without the 6 columns of the header (one has 2)", [5]),
]


async def test_a_file_without_a_header_and_broken_rows_are_problems_that_a_strict_import_refuses(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    folder = tmp_path / "in"
    with pytest.raises(InvalidTable, match="nothing was imported: ") as caught:
        await imported(store, folder, BROKEN, ontology)
    assert [problem.split(" (line")[0] for problem in caught.value.problems] == [what for what, _ in TOLD]
    assert await store.head() == 0
    report = await import_graph(store, Neo4jCsv(folder), ontology, author="tester")
    assert [(f"{p.file}: {p.what}", list(p.lines)) for p in report.problems] == TOLD
    assert all(problem.left_out for problem in report.problems)
    assert (report.entities, report.relations) == ({"Herb": 1, "Compound": 1}, {"herb_has_compound": 1})


async def test_another_encoding_is_told_once(store: SqliteStore, tmp_path: Path, ontology: Ontology) -> None:
    (tmp_path / "Herb.csv").write_text(":ID,name\nH1,当归\n", encoding="gb18030")
    report = await import_graph(store, Neo4jCsv(tmp_path), ontology, author="tester")
    assert report.notes == ("Herb.csv was read as GB18030",)
    assert (await store.entities([EntityId("H1")]))[0].names == (Name("当归", "zh", True),)


async def test_a_header_that_does_not_fit_its_parts_is_refused(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    with pytest.raises(InvalidTable, match="the header file of Herb has 2 columns"):
        await imported(store, tmp_path / "in", {"Herb-header.csv": ":ID,name", "Herb-1.csv": "H1,a,b\n"}, ontology)


def test_a_damaged_file_is_told_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(b"no gzip")
    with pytest.raises(InvalidTable, match=r"a\.csv\.gz: the gzip file is damaged .*copy it again"):
        is_neo4j_csv(tmp_path)


@pytest.mark.parametrize("header", ["id,name", "_id,name", "_id,start,_type"])
def test_a_folder_of_other_tables_is_none(tmp_path: Path, header: str) -> None:
    (tmp_path / "a.csv").write_text(f"{header}\n1,x\n")
    assert not is_neo4j_csv(tmp_path)


async def test_ids_of_several_columns_are_told_apart_and_labels_of_several_columns_are_kept(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    files = {
        "herbs.csv": "genus:ID(H),part:ID(H),name,:LABEL,:LABEL\n1,root,当归,Thing,Herb\n2,root,黄芪,Thing,Herb\n",
        "compounds.csv": ":ID,name,:LABEL\nC1,ferulic acid,Compound\n",
        "links.csv": ":START_ID(H),:START_ID(H),:END_ID,:TYPE\n2,root,C1,HAS_COMPOUND\n",
    }
    assert (await imported(store, tmp_path / "in", files, ontology)).entities == {"Herb": 2, "Compound": 1}
    first, second = await store.entities([EntityId("H:1:root"), EntityId("H:2:root")])
    assert [r.subject for r in await store.relations([first.id, second.id])] == [second.id]


def test_a_property_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "herbs.csv").write_text(":ID,name,name:string,:LABEL\n1,当归,秦归,Herb\n", encoding="utf-8")
    with pytest.raises(InvalidTable, match="property 'name' is there twice"):
        Neo4jCsv(tmp_path)
    for header in (
        '"_id","_labels","name","_start","_end","_type","name"',
        "id:START_ID(A),id:END_ID(B),type:TYPE,type",
    ):
        (tmp_path / "herbs.csv").write_text(f"{header}\n", encoding="utf-8")
        Neo4jCsv(tmp_path)
