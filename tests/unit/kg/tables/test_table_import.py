import gzip
import json
from pathlib import Path

import pytest

from kg.domain import UNCHANGED, EntityId, Evidence, Polarity
from kg.errors import InvalidMapping, InvalidTable
from kg.ontology import Ontology
from kg.stores.sqlite.store import SqliteStore
from kg.tables.mapping import load_mapping
from kg.tables.report import ImportReport
from kg.tables.tab_rows import TabRows
from kg.tables.table_import import import_tables

MAPPING = """\
name: test
entities:
  - file: herbs.csv
    id: id
    type: {column: type, map: {药: Herb}}
    names:
      - {column: zh, script: zh, preferred: true}
      - {column: la, script: la, split: [";"]}
    identifiers: {tcm: {column: tcm, whole: true}}
    attributes: rest
relations:
  - file: links.tsv
    subject: s
    predicate: {column: p, map: {has: herb_has_compound}}
    object: o
    grade: {column: grade}
    evidence: "table {src}"
    missing:
      create:
        - {prefix: "C:", type: Compound, identifier: cid}
"""
HERBS = "id,type,zh,la,tcm,note\nH1,药,当归,Radix a;Radix b,12.0,good\nH2,Herb,黄芪,,,\n"
LINKS = "s\tp\to\tgrade\tsrc\nH1\thas\tC:1\tanimal\ta\nH1\thas\tC:1\tclinical\tb\nH2\tassociated_with\tH1\t\t\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "tables"
    made.mkdir()
    (made / "m.yaml").write_text(MAPPING, encoding="utf-8")
    (made / "herbs.csv").write_text(HERBS, encoding="utf-8")
    (made / "links.tsv").write_text(LINKS, encoding="utf-8")
    return made


async def imported(
    store: SqliteStore, folder: Path, ontology: Ontology, *, strict: bool = False, parts: tuple[str, ...] = ()
) -> ImportReport:
    mapping = load_mapping(folder / "m.yaml")
    return await import_tables(store, folder, mapping, ontology, author="tester", strict=strict, parts=parts)


def told(report: ImportReport) -> list[tuple[str, str, list[int]]]:
    return [(p.kind, p.file, list(p.lines)) for p in report.problems]


async def test_rows_become_entities_and_relations(store: SqliteStore, folder: Path, ontology: Ontology) -> None:
    report = await imported(store, folder, ontology, strict=True)
    assert report.entities == {"Herb": 2, "Compound": 1}
    assert report.relations == {"herb_has_compound": 1, "associated_with": 1}
    (herb,) = await store.entities([EntityId("H1")])
    assert [(n.text, n.script, n.preferred) for n in herb.names] == [
        ("当归", "zh", True),
        ("Radix a", "la", False),
        ("Radix b", "la", False),
    ]
    assert (herb.identifiers, herb.attributes) == ({"tcm": "12"}, {"note": "good"})


async def test_rows_of_one_triple_are_one_relation_with_all_its_evidence(
    store: SqliteStore, folder: Path, ontology: Ontology
) -> None:
    report = await imported(store, folder, ontology)
    assert report.merged == 1
    (relation,) = await store.relations([EntityId("C:1")])
    assert relation.grade == "clinical"
    assert relation.evidence == (Evidence("table a"), Evidence("table b"))
    assert relation.polarity is Polarity.NONE


async def test_what_a_table_refers_to_is_made_bare_where_the_mapping_says_so(
    store: SqliteStore, folder: Path, ontology: Ontology
) -> None:
    report = await imported(store, folder, ontology)
    assert report.bare == {"Compound": 1}
    (compound,) = await store.entities([EntityId("C:1")])
    assert compound.bare
    assert compound.identifiers == {"cid": "1"}


async def test_an_import_does_not_make_bare_what_the_store_defines(
    store: SqliteStore, folder: Path, ontology: Ontology
) -> None:
    (folder / "herbs.csv").write_text(HERBS + "C:1,Compound,阿魏酸,,,\n", encoding="utf-8")
    await imported(store, folder, ontology)
    (folder / "herbs.csv").write_text(HERBS, encoding="utf-8")
    report = await imported(store, folder, ontology)
    assert report.bare == {}
    assert not (await store.entities([EntityId("C:1")]))[0].bare


async def test_relations_may_end_at_what_is_in_the_store(store: SqliteStore, folder: Path, ontology: Ontology) -> None:
    await imported(store, folder, ontology)
    (folder / "herbs.csv").write_text("id,type,zh,la,tcm,note\nH9,Herb,艾叶,,,\n", encoding="utf-8")
    (folder / "links.tsv").write_text("s\tp\to\tgrade\tsrc\nH9\tassociated_with\tH1\t\t\n", encoding="utf-8")
    report = await imported(store, folder, ontology, strict=True)
    assert report.relations == {"associated_with": 1}


async def test_the_undo_of_an_import_removes_what_it_brought(
    store: SqliteStore, folder: Path, ontology: Ontology
) -> None:
    report = await imported(store, folder, ontology)
    await store.undo(report.revision, author="tester", reason="test")
    assert not (await store.stats()).entities
    assert not (await store.stats()).relations


async def test_importing_twice_changes_nothing(store: SqliteStore, folder: Path, ontology: Ontology) -> None:
    first = await imported(store, folder, ontology)
    assert (await imported(store, folder, ontology)).revision == UNCHANGED
    assert await store.head() == first.revision


BAD_HERBS = HERBS + "H3,Rock,石,,,\n,Herb,无,,,\nH1,Herb,再,,,\nH4,Herb,短\n\n"
BAD_LINKS = LINKS + (
    "H1\thas\tX9\t\t\nX8\thas\tX9\t\t\nH1\tloves\tH2\t\t\nH1\thas\t\t\t\nH1\thas\tH2\t\t\nH1\thas\tC:2\tgossip\t\n"
)


async def test_bad_rows_are_left_out_and_told_with_their_lines(
    store: SqliteStore, folder: Path, ontology: Ontology
) -> None:
    (folder / "herbs.csv").write_text(BAD_HERBS, encoding="utf-8")
    (folder / "links.tsv").write_text(BAD_LINKS, encoding="utf-8")
    report = await imported(store, folder, ontology)
    assert told(report) == [
        ("unknown_type", "herbs.csv", [4]),
        ("missing_id", "herbs.csv", [5]),
        ("duplicate_id", "herbs.csv", [6]),
        ("columns", "herbs.csv", [7]),
        ("unknown_predicate", "links.tsv", [7]),
        ("missing_id", "links.tsv", [8]),
        ("not_allowed", "links.tsv", [9]),
        ("bad_value", "links.tsv", [10]),
        ("dangling", "links.tsv", [5]),
        ("dangling", "links.tsv", [6]),
    ]
    whats = [p.what for p in report.problems]
    assert whats[-2:] == ["herb_has_compound: object not defined", "herb_has_compound: subject and object not defined"]
    assert "herb_has_compound cannot end at Herb; it ends at Compound" in whats
    assert report.entities == {"Herb": 2, "Compound": 1}


async def test_a_strict_import_with_a_bad_row_writes_nothing(
    store: SqliteStore, folder: Path, ontology: Ontology
) -> None:
    (folder / "links.tsv").write_text(BAD_LINKS, encoding="utf-8")
    with pytest.raises(InvalidTable, match=r"links\.tsv: unknown predicate 'loves' \(line 7\)"):
        await imported(store, folder, ontology, strict=True)
    assert await store.head() == 0


async def test_a_table_in_gb18030_is_read_and_said(store: SqliteStore, folder: Path, ontology: Ontology) -> None:
    (folder / "herbs.csv").write_bytes(HERBS.encode("gb18030"))
    report = await imported(store, folder, ontology)
    assert report.notes == ("herbs.csv was read as GB18030",)
    assert (await store.entities([EntityId("H1")]))[0].name("zh") == "当归"


async def test_gzip_and_byte_order_marks_are_read(store: SqliteStore, folder: Path, ontology: Ontology) -> None:
    (folder / "m.yaml").write_text(MAPPING.replace("herbs.csv", "herbs.csv.gz"), encoding="utf-8")
    (folder / "herbs.csv.gz").write_bytes(gzip.compress(HERBS.encode("utf-8-sig")))
    report = await imported(store, folder, ontology, strict=True)
    assert report.entities["Herb"] == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"id,zh\nH1,x\n", "no column 'la'"),
        (HERBS.replace("note", "zh").encode(), "column 'zh' is there twice"),
        (b"", "the file is empty"),
        (HERBS.encode() + b"H5,Herb,\xff\xff,,,\n", "line 4 is neither UTF-8 nor GB18030"),
        (None, "no such file"),
    ],
)
async def test_an_unusable_table_is_refused(
    store: SqliteStore, folder: Path, ontology: Ontology, content: bytes | None, message: str
) -> None:
    if content is None:
        (folder / "herbs.csv").unlink()
    else:
        (folder / "herbs.csv").write_bytes(content)
    with pytest.raises(InvalidTable, match=message):
        await imported(store, folder, ontology)
    assert await store.head() == 0


async def test_a_cut_gzip_file_is_refused(store: SqliteStore, folder: Path, ontology: Ontology) -> None:
    (folder / "m.yaml").write_text(MAPPING.replace("herbs.csv", "herbs.csv.gz"), encoding="utf-8")
    (folder / "herbs.csv.gz").write_bytes(gzip.compress(HERBS.encode())[:40])
    with pytest.raises(InvalidTable, match="the gzip file is damaged"):
        await imported(store, folder, ontology)


async def test_a_cut_gzip_file_of_json_lines_is_refused(store: SqliteStore, folder: Path, ontology: Ontology) -> None:
    record = json.dumps(dict(zip(*[line.split(",") for line in HERBS.splitlines()[:2]], strict=True)))
    lines = "".join(f"{record} {' ' * (n % 7)}\n" for n in range(60_000)).encode()
    (folder / "m.yaml").write_text(MAPPING.replace("herbs.csv", "herbs.jsonl.gz"), encoding="utf-8")
    (folder / "herbs.jsonl.gz").write_bytes(gzip.compress(lines)[:-40])
    with pytest.raises(InvalidTable, match="the gzip file is damaged"):
        await imported(store, folder, ontology)


async def test_a_missing_folder_is_told(store: SqliteStore, folder: Path, ontology: Ontology, tmp_path: Path) -> None:
    with pytest.raises(InvalidTable, match="no such folder"):
        await import_tables(store, tmp_path / "none", load_mapping(folder / "m.yaml"), ontology, author="tester")


async def test_a_mapping_that_does_not_fit_the_ontology_is_refused(
    store: SqliteStore, folder: Path, ontology: Ontology
) -> None:
    text = MAPPING.replace("herb_has_compound", "has_stuff").replace("type: Compound", "type: Stuff")
    (folder / "m.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InvalidMapping) as caught:
        await imported(store, folder, ontology)
    assert caught.value.problems == (
        "links.tsv: unknown predicate 'has_stuff'",
        "links.tsv: unknown type 'Stuff'",
    )


async def test_an_optional_part_is_taken_when_asked_for(store: SqliteStore, folder: Path, ontology: Ontology) -> None:
    (folder / "m.yaml").write_text(
        MAPPING.replace("file: links.tsv", "file: links.tsv\n    part: links"), encoding="utf-8"
    )
    assert not (await imported(store, folder, ontology)).relations
    assert (await imported(store, folder, ontology, parts=("links",))).relations
    with pytest.raises(InvalidMapping, match="no optional part 'link'"):
        await imported(store, folder, ontology, parts=("link",))


async def test_entities_met_twice_are_merged_where_the_mapping_says_so(
    store: SqliteStore, folder: Path, ontology: Ontology
) -> None:
    (folder / "m.yaml").write_text(
        MAPPING.replace("attributes: rest", "attributes: rest\n    twice: merge"), encoding="utf-8"
    )
    (folder / "herbs.csv").write_text(HERBS + "H1,Herb,当归,Radix c,13.0,good\n", encoding="utf-8")
    report = await imported(store, folder, ontology, strict=True)
    assert report.merged == 2
    (herb,) = await store.entities([EntityId("H1")])
    assert [n.text for n in herb.names] == ["当归", "Radix a", "Radix b", "Radix c"]
    assert herb.identifiers == {"tcm": "12; 13"}


async def test_herbiv_is_imported_whole(store: SqliteStore, ontology: Ontology, shared_data: Path) -> None:
    mapping = load_mapping("herbiv")
    report = await import_tables(store, shared_data / "kg/herbiv", mapping, ontology, author="tester")
    assert [("HerbiV_chemicals.csv" in str(p), "1954/11/5" in str(p)) for p in report.problems] == [(True, True)]
    assert report.entities == {"Formula": 6191, "Herb": 4666, "Compound": 6847, "Protein": 14180}
    assert report.relations == {"formula_has_herb": 28304, "herb_has_compound": 53870}


async def test_qualifiers_are_taken_under_their_condition_and_as_whole_numbers(
    store: SqliteStore, folder: Path, ontology: Ontology
) -> None:
    qualifiers = "qualifiers: {species: {column: sp, when: {column: src, is: [a]}}, dose: {column: dose, whole: true}}"
    mapping = MAPPING.replace('evidence: "table {src}"', f"evidence: a table\n    {qualifiers}")
    (folder / "m.yaml").write_text(mapping, encoding="utf-8")
    links = "s\tp\to\tgrade\tsrc\tsp\tdose\nH1\thas\tC:1\t\ta\trat\t2.0\nH1\thas\tC:2\t\tb\trat\t2.0\n"
    (folder / "links.tsv").write_text(links, encoding="utf-8")
    await imported(store, folder, ontology, strict=True)
    first, second = await store.relations([EntityId("H1")])
    assert (first.qualifiers, second.qualifiers) == ({"species": "rat", "dose": "2"}, {"dose": "2"})


async def test_numbers_that_python_cannot_hold_are_kept_as_they_are_written_and_broken_json_is_told(
    store: SqliteStore, folder: Path, ontology: Ontology
) -> None:
    digits = "9" * 5000
    rows = [
        f'{{"id": "H1", "type": "Herb", "dose": 1e400, "count": {digits}, "exact": 1.10, "more": [1, 1e999, 2.5]}}',
        f'{{"id": {2**70}, "type": "Herb", "all": {{"a": -1e400, "b": [1], "c": null}}, "late": true}}',
        '{"id": "H3", "type": "Herb", "deep": ' + "[" * 200_000 + "}",
        '{"id": "H4", "type": "Herb", "half": "\\ud83d", "whole": "\\ud83d\\ude00"}',
    ]
    (folder / "herbs.jsonl").write_text("\n".join(rows))
    (folder / "m.yaml").write_text(
        "name: t\nentities: [{file: herbs.jsonl, id: id, type: {column: type}, attributes: rest}]"
    )
    report = await imported(store, folder, ontology)
    assert told(report) == [("columns", "herbs.jsonl", [3]), ("columns", "herbs.jsonl", [4])]
    first, second = await store.entities([EntityId("H1"), EntityId(str(2**70))])
    assert first.attributes == {"dose": "1e400", "count": digits, "exact": "1.10", "more": '[1, "1e999", 2.5]'}
    assert second.attributes == {"all": '{"a": "-1e400", "b": [1], "c": null}', "late": "true"}


async def test_json_lines_without_a_line_are_a_table_without_rows(
    store: SqliteStore, folder: Path, ontology: Ontology
) -> None:
    mapping = MAPPING.replace("herbs.csv", "herbs.jsonl").replace("links.tsv", "links.jsonl")
    (folder / "m.yaml").write_text(mapping, encoding="utf-8")
    (folder / "links.jsonl").write_text("")
    (folder / "herbs.jsonl").write_text("")
    report = await imported(store, folder, ontology, strict=True)
    assert not report.entities


async def test_a_column_that_no_json_line_has_is_told(store: SqliteStore, folder: Path, ontology: Ontology) -> None:
    lines = ['{"id": "H1", "type": "Herb", "zh": "当归"}', '{"id": "H2", "la": "Radix", "tcm": 1}']
    (folder / "herbs.jsonl").write_text("\n".join(lines), encoding="utf-8")
    mapping = MAPPING.replace("herbs.csv", "herbs.jsonl").replace("attributes: rest", "attributes: [price]")
    (folder / "m.yaml").write_text(mapping, encoding="utf-8")
    with pytest.raises(InvalidTable, match="no column 'price'; there are id, type, zh, la, tcm"):
        await imported(store, folder, ontology)
    assert await store.head() == 0


@pytest.mark.parametrize(
    "rows",
    ['H1,药,当归,a,,"open\nH2,Herb,黄芪,,,\n', 'H1,药,当归,a,,"open\nH2,Herb,黄芪,,,"closed"\nH3,Herb,甘草,,,\n'],
)
async def test_a_quote_that_is_not_closed_hides_no_row(
    store: SqliteStore, folder: Path, ontology: Ontology, rows: str
) -> None:
    (folder / "herbs.csv").write_text("id,type,zh,la,tcm,note\nH0,Herb,人参,,,\n" + rows, encoding="utf-8")
    with pytest.raises(InvalidTable, match=r"the row that starts at line 3: .*check its quotes"):
        await imported(store, folder, ontology)


async def test_lines_in_quotes_signs_behind_them_and_empty_cells_at_the_end_are_read(
    store: SqliteStore, folder: Path, ontology: Ontology
) -> None:
    rows = [
        "\n\n\u200bid,type,zh,la,tcm,note",
        'H1,药,当归,,,"two\nlines"',
        'H2, Herb ,黄芪,,,"a" b,,',
        "",
        'H3,Herb,甘草,,,5" long',
    ]
    (folder / "herbs.csv").write_text("\n".join(rows), encoding="utf-8")
    report = await imported(store, folder, ontology)
    assert (report.entities["Herb"], report.problems) == (3, ())
    herbs = await store.entities([EntityId(id_) for id_ in ("H1", "H2", "H3")])
    assert [h.attributes["note"] for h in herbs] == ["two\nlines", "a b", '5" long']


@pytest.mark.parametrize("end", ["\n", "\r\n"])
async def test_a_cell_in_quotes_between_tabs_is_whole_and_a_lone_quote_stays(
    store: SqliteStore, folder: Path, ontology: Ontology, end: str
) -> None:
    notes = {
        '"one\ttab, 5"" long"': 'one\ttab, 5" long',
        '"two\nlines"': "two\nlines",
        '5" long': '5" long',
        '"lone': '"lone',
        'and another"': 'and another"',
        '"Candidatus" sp.': '"Candidatus" sp.',
        '""': None,
        '"three\n\n""lines"""': 'three\n\n"lines"',
        "": None,
        '"last': '"last',
    }
    rows = [["id", '"type"', "zh", '"note\n(English)"', "la", "tcm"]]
    rows += [[f"H{at}", "Herb", "人参", note, "", ""] for at, note in enumerate(notes)]
    text = end.join("\t".join(row) for row in rows)
    (folder / "herbs.tsv").write_text(text, encoding="utf-8", newline="")
    (folder / "links.tsv").write_text("s\tp\to\tgrade\tsrc\n", encoding="utf-8")
    (folder / "m.yaml").write_text(MAPPING.replace("herbs.csv", "herbs.tsv"), encoding="utf-8")
    report = await imported(store, folder, ontology)
    assert (report.entities, report.problems) == ({"Herb": len(notes)}, ())
    herbs = await store.entities([EntityId(f"H{at}") for at in range(len(notes))])
    assert [herb.attributes.get("note\n(English)") for herb in herbs] == [*notes.values()]


def test_lone_quotes_between_tabs_are_read_in_linear_time() -> None:
    lines = ["a\tb\n", *('x\t"lone\n' for _ in range(100_000)), *("x\ty\n" for _ in range(100_000))]
    assert sum(len(row) == 2 for row in TabRows(lines, "\t")) == len(lines)


@pytest.mark.parametrize("header", ["id\tn\n", "id" + "\tn" * 999 + "\n"])
def test_rows_whose_quotes_close_in_the_next_row_are_read_in_linear_time(header: str) -> None:
    rows = TabRows([header, *(f'"\t"{n}\n' for n in range(20_000))], "\t")
    assert len(next(rows)) == header.count("\t") + 1
    assert list(rows) == [['"', f'"{n}'] for n in range(20_000)]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('id\t"name\n1\tx\n2\ty"\tz\n3\tw\n', [["id", '"name'], ["1", "x"], ["2", 'y"', "z"], ["3", "w"]]),
        ('id\t"name\n1\tx\n2\ty"\tz\n', [["id", '"name'], ["1", "x"], ["2", 'y"', "z"]]),
        ('id\t"name\n1\tx\n2\ty"\n3\tw\n', [["id", '"name'], ["1", "x"], ["2", 'y"'], ["3", "w"]]),
        ('id\t"a\nb"\tc\n\n1\t"x\ny"\tz\n', [["id", "a\nb", "c"], [], ["1", "x\ny", "z"]]),
        ('id\tx\t"a\nb"\n', [["id", "x", "a\nb"]]),
    ],
)
def test_a_header_is_of_several_lines_only_where_the_row_behind_it_has_its_cells(
    text: str, rows: list[list[str]]
) -> None:
    assert list(TabRows(text.splitlines(keepends=True), "\t")) == rows


async def test_utf_16_without_its_mark_is_told(store: SqliteStore, folder: Path, ontology: Ontology) -> None:
    (folder / "herbs.csv").write_bytes(HERBS.encode("utf-16-le"))
    with pytest.raises(InvalidTable, match=r"line 1 holds a NUL, .*encoding: utf-16"):
        await imported(store, folder, ontology)


@pytest.mark.parametrize("name", ["herbs.json", "herbs.ndjson", "herbs.jsonl"])
async def test_a_list_of_objects_is_a_table_as_lines_of_objects_are(
    store: SqliteStore, folder: Path, ontology: Ontology, name: str
) -> None:
    herbs = [{"id": "H1", "type": "药", "zh": "当归", "la": "", "tcm": 12}, 7]
    for text in (json.dumps(herbs, indent=1), "\n".join(map(json.dumps, herbs))):
        (folder / name).write_text(text, encoding="utf-8")
        (folder / "m.yaml").write_text(MAPPING.replace("herbs.csv", name), encoding="utf-8")
        report = await imported(store, folder, ontology)
        assert ("columns", name, [2]) in told(report)
        assert report.entities["Herb"] == 1
    (herb,) = await store.entities([EntityId("H1")])
    assert herb.identifiers == {"tcm": "12"}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04\x00", "is a workbook or an archive; name a workbook .xlsx"),
        (b"\xd0\xcf\x11\xe0\x00", "save it as .xlsx or as CSV"),
        (b"\x1f\x8b\x08", "let its name end in .gz"),
        ("id,zh\nH1,当归\n".encode() + "H3,甘草\n".encode("gbk"), "line 2 is UTF-8 and line 3 is not"),
    ],
)
async def test_what_is_no_text_of_one_encoding_is_refused(
    store: SqliteStore, folder: Path, ontology: Ontology, data: bytes, message: str
) -> None:
    (folder / "herbs.csv").write_bytes(data)
    with pytest.raises(InvalidTable, match=message):
        await imported(store, folder, ontology)


async def test_a_table_in_gbk_with_few_characters_is_one(store: SqliteStore, folder: Path, ontology: Ontology) -> None:
    before = (folder / "herbs.csv").read_text("utf-8").splitlines()[0]
    cells = (
        ["女" if n else "H1" for n, _ in enumerate(before.split(","))],
        ["男" if n else "H2" for n, _ in enumerate(before.split(","))],
    )
    (folder / "herbs.csv").write_bytes("\n".join([before, *(",".join(row) for row in cells)]).encode("gb18030"))
    report = await imported(store, folder, ontology)
    assert any("GB18030" in note for note in report.notes)
