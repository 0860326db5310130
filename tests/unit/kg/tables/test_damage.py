from datetime import date
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest

from kg.domain import EntityId
from kg.errors import InvalidTable
from kg.ontology import Ontology
from kg.stores.sqlite.store import SqliteStore
from kg.tables.mapping import load_mapping
from kg.tables.report import ImportReport
from kg.tables.shapes import FileShape
from kg.tables.sheet import SheetTable
from kg.tables.table_import import import_tables

MAPPING = """\
name: genes
entities:
  - file: {genes}
    id: id
    type: Gene
    names: [{{column: symbol, script: symbol, preferred: true}}, {{column: name, script: en}}]
    identifiers: [ensembl]
    attributes: [measured, note]
relations:
  - {{file: {links}, subject: a, predicate: corresponds_to, object: b, evidence: book, missing: report}}
"""
HEADER = ["id", "symbol", "name", "ensembl", "measured", "note"]
LINKS: list[list[object]] = [["a", "b"], ["1", "2"]]
DAMAGED = [
    "1-Mar", "2-Sep", "01-Mar", "1-mars", "1. Mrz", "Mar-01", "1-Mar-24", "2024-03-01", "2024/3/1", "3/1/2024",
    "01.03.2024", "2024-03-01 00:00:00", "3月1日", "2024年3月1日", "2.31E+19", "1,23E+05", "1e+05",
    "123456789012345000", "#REF!", "#N/A", "#NAME?",
]  # fmt: skip
SOUND = [
    "MARCH1", "SEPT2", "Oct-4", "DEC-205", "NOV", "1-decene", "2-octanol", "Mar", "1912-24-9", "2008-11-9", "1.1.1.27",
    "E5", "1E5", "2310009E13", "#1", "12-Lipoxygenase", "123456789012345678", "5-HT2A", "1/2", "24", "3-May-amine",
]  # fmt: skip


def write(path: Path, rows: list[list[object]]) -> None:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    else:
        divided = "\t" if path.suffix == ".tsv" else ","
        path.write_text("".join(divided.join(f'"{c}"' if divided == "," else str(c) for c in r) + "\n" for r in rows))


async def imported(
    store: SqliteStore,
    folder: Path,
    ontology: Ontology,
    genes: list[list[object]],
    links: list[list[object]],
    kind: str,
) -> ImportReport:
    write(folder / f"genes.{kind}", [list(HEADER), *genes])
    write(folder / f"links.{kind}", links)
    (folder / "m.yaml").write_text(MAPPING.format(genes=f"genes.{kind}", links=f"links.{kind}"), encoding="utf-8")
    return await import_tables(store, folder, load_mapping(folder / "m.yaml"), ontology, author="tester")


def gene(
    id_: object, symbol: object, *, ensembl: object = "", measured: object = "", note: object = ""
) -> list[object]:
    return [id_, symbol, "a name", ensembl, measured, note]


@pytest.mark.parametrize("kind", ["csv", "tsv", "xlsx"])
async def test_gene_names_that_became_dates_are_told_once_with_rows_and_cure(
    store: SqliteStore, tmp_path: Path, ontology: Ontology, kind: str
) -> None:
    genes = [gene(1, "1-Mar"), gene(2, "2-Sep"), gene(3, "AQP4"), gene(4, "2024-03-01")]
    report = await imported(store, tmp_path, ontology, genes, [*LINKS], kind)
    (problem,) = report.problems
    assert list(problem.lines) == [2, 3, 5]
    assert "column 'symbol': a spreadsheet made dates of names or ids (1-Mar); take the table from its source" in str(
        problem
    )
    found = await store.entities([EntityId(i) for i in "1234"])
    assert [[n.text for n in e.names] for e in found] == [["a name"], ["a name"], ["AQP4", "a name"], ["a name"]]


@pytest.mark.parametrize("kind", ["csv", "tsv", "xlsx"])
async def test_rows_whose_ids_are_damaged_are_left_out_and_told_once(
    store: SqliteStore, tmp_path: Path, ontology: Ontology, kind: str
) -> None:
    genes = [gene("1.23E+05", "A"), gene("2.4E+11", "B"), gene("1", "C"), gene("2", "D")]
    links: list[list[object]] = [*LINKS, ["1", "#REF!"], ["#REF!", "2"]]
    report = await imported(store, tmp_path, ontology, genes, links, kind)
    assert [(p.kind, p.file, list(p.lines)) for p in report.problems] == [
        ("spreadsheet", f"genes.{kind}", [2, 3]),
        ("spreadsheet", f"links.{kind}", [3]),
        ("spreadsheet", f"links.{kind}", [4]),
    ]
    assert report.entities == {"Gene": 2}
    assert report.relations == {"corresponds_to": 1}


@pytest.mark.parametrize("cell", DAMAGED)
async def test_every_form_of_damage_is_seen_in_a_name(
    store: SqliteStore, tmp_path: Path, ontology: Ontology, cell: str
) -> None:
    report = await imported(store, tmp_path, ontology, [gene(1, cell), gene(2, "x")], [*LINKS], "csv")
    assert [(p.kind, list(p.lines)) for p in report.problems] == [("spreadsheet", [2])]
    assert cell in str(report.problems[0])


@pytest.mark.parametrize("cell", SOUND)
async def test_names_that_look_a_little_like_damage_are_kept(
    store: SqliteStore, tmp_path: Path, ontology: Ontology, cell: str
) -> None:
    report = await imported(store, tmp_path, ontology, [gene(1, cell), gene(2, "x")], [*LINKS], "csv")
    assert report.problems == ()
    assert (await store.entities([EntityId("1")]))[0].names[0].text == cell


async def test_a_date_and_a_power_of_ten_are_right_in_an_attribute_and_a_failed_formula_is_not(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    genes = [gene(1, "A", measured="2024-03-01", note="1.2E+05"), gene(2, "B", measured="#DIV/0!")]
    report = await imported(store, tmp_path, ontology, genes, [*LINKS], "csv")
    assert [list(p.lines) for p in report.problems] == [[3]]
    assert "column 'measured': a formula of a spreadsheet failed (#DIV/0!)" in str(report.problems[0])
    first, second = await store.entities([EntityId("1"), EntityId("2")])
    assert (first.attributes, second.attributes) == ({"measured": "2024-03-01", "note": "1.2E+05"}, {})


async def test_lost_zeros_are_told_where_others_of_the_column_have_theirs(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    genes = [gene("00120", "A"), gene("00003", "B"), gene("45", "C"), gene("123456", "D")]
    report = await imported(store, tmp_path, ontology, genes, [["a", "b"], ["00120", "00003"]], "csv")
    assert [(p.kind, list(p.lines)) for p in report.problems] == [("zeros", [4])]
    assert "took the leading zeros of ids away (45 beside 00120)" in str(report.problems[0])
    assert report.entities == {"Gene": 4}


async def test_an_end_that_lost_its_zeros_is_told_as_that(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    genes = [gene("0012", "A"), gene("0003", "B")]
    links: list[list[object]] = [["a", "b"], ["12", "3"], ["0012", "3"], ["0012", "0003"]]
    report = await imported(store, tmp_path, ontology, genes, links, "csv")
    told = {p.kind: (list(p.lines), p.what) for p in report.problems if p.kind == "dangling"}
    assert told["dangling"][0] == [2, 3]
    assert "leading zeros of ids away (12 for 0012)" in told["dangling"][1]


async def test_cells_of_a_workbook_are_read_as_they_are_shown(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    genes = [gene(7.0, "A", measured=date(2024, 3, 1), note=0.5), gene(8, "B", note=True)]
    report = await imported(store, tmp_path, ontology, genes, [["a", "b"], [7, 8]], "xlsx")
    assert report.problems == ()
    found = await store.entities([EntityId("7"), EntityId("8")])
    assert [e.attributes for e in found] == [{"measured": "2024-03-01", "note": "0.5"}, {"note": "true"}]


async def test_a_number_that_a_workbook_cannot_hold_is_told_like_a_failed_formula(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    write(tmp_path / "genes.xlsx", [[*HEADER], gene(1, "A", note=0.125), gene(2, "B", note=0.375)])
    write(tmp_path / "l.csv", [["a", "b"]])
    with ZipFile(tmp_path / "genes.xlsx") as book:
        parts = {name: book.read(name) for name in book.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"0.125", b"1E400").replace(b"0.375", str(2**70).encode())
    with ZipFile(tmp_path / "genes.xlsx", "w") as book:
        for name, part in parts.items():
            book.writestr(name, part)
    (tmp_path / "m.yaml").write_text(MAPPING.format(genes="genes.xlsx", links="l.csv"), encoding="utf-8")
    report = await import_tables(store, tmp_path, load_mapping(tmp_path / "m.yaml"), ontology, author="tester")
    (problem,) = report.problems
    assert ("(#NUM!)" in problem.what, list(problem.lines)) == (True, [2])
    assert (await store.entities([EntityId("2")]))[0].attributes == {"note": str(2**70)}


async def test_a_mapping_names_a_sheet_and_a_wrong_one_is_told(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    book = openpyxl.Workbook()
    for title, id_ in (("first", "1"), ("second", "2")):
        sheet = book.create_sheet(title)
        sheet.append([None, *HEADER])
        sheet.append([None, *gene(id_, "A")])
    book.remove(book.worksheets[0])
    book.save(tmp_path / "b.xlsx")
    mapping = MAPPING.split("relations:")[0].format(genes="b.xlsx\n    sheet: second")
    (tmp_path / "m.yaml").write_text(mapping, encoding="utf-8")
    await import_tables(store, tmp_path, load_mapping(tmp_path / "m.yaml"), ontology, author="tester")
    assert [e.id for e in await store.entities([EntityId("1"), EntityId("2")])] == ["2"]
    (tmp_path / "m.yaml").write_text(mapping.replace("second", "third"), encoding="utf-8")
    with pytest.raises(InvalidTable, match="no sheet 'third'; there are first, second"):
        await import_tables(store, tmp_path, load_mapping(tmp_path / "m.yaml"), ontology, author="tester")


async def test_a_workbook_that_is_none_is_refused_with_the_cure(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    (tmp_path / "genes.xlsx").write_bytes(b"PK no zip")
    (tmp_path / "m.yaml").write_text(MAPPING.format(genes="genes.xlsx", links="l.csv"), encoding="utf-8")
    with pytest.raises(InvalidTable, match=r"the workbook cannot be read .*save it as CSV in UTF-8"):
        await import_tables(store, tmp_path, load_mapping(tmp_path / "m.yaml"), ontology, author="tester")


@pytest.mark.parametrize("other", [";", "\t", "|"])
async def test_a_wrong_delimiter_is_told_in_one_message_with_the_cure(
    store: SqliteStore, tmp_path: Path, ontology: Ontology, other: str
) -> None:
    write(tmp_path / "links.csv", [*LINKS])
    text = other.join(HEADER) + "\n" + other.join(["1", "A", "n", "", "", ""]) + "\n"
    (tmp_path / "genes.csv").write_text(text, encoding="utf-8")
    (tmp_path / "m.yaml").write_text(MAPPING.format(genes="genes.csv", links="links.csv"), encoding="utf-8")
    with pytest.raises(InvalidTable) as caught:
        await import_tables(store, tmp_path, load_mapping(tmp_path / "m.yaml"), ontology, author="tester")
    (problem,) = caught.value.problems
    shown = other.replace("\t", "\\t")
    assert f'line 1 is divided by {other!r}; write delimiter: "{shown}" for genes.csv' in problem


async def test_rows_with_another_delimiter_than_the_header_are_told_once(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    write(tmp_path / "links.csv", [["a", "b"]])
    rows = [HEADER, ["1", "A", "n", "", "", ""]]
    text = ",".join(rows[0]) + "\n" + ";".join(rows[1]) + "\n" + "2;B;n;;;\n"
    (tmp_path / "genes.csv").write_text(text, encoding="utf-8")
    (tmp_path / "m.yaml").write_text(MAPPING.format(genes="genes.csv", links="links.csv"), encoding="utf-8")
    report = await import_tables(store, tmp_path, load_mapping(tmp_path / "m.yaml"), ontology, author="tester")
    (problem,) = report.problems
    assert list(problem.lines) == [2, 3]
    assert "rows divided by ';', the header is not; write delimiter" in str(problem)


async def test_the_line_by_which_excel_names_its_delimiter_is_obeyed(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    write(tmp_path / "links.csv", [["a", "b"]])
    text = "sep=;\n" + ";".join(HEADER) + "\n1;A;n;;;\n2;1-Mar;n;;;\n"
    (tmp_path / "genes.csv").write_text(text, encoding="utf-8")
    (tmp_path / "m.yaml").write_text(MAPPING.format(genes="genes.csv", links="links.csv"), encoding="utf-8")
    report = await import_tables(store, tmp_path, load_mapping(tmp_path / "m.yaml"), ontology, author="tester")
    assert report.entities == {"Gene": 2}
    assert [list(p.lines) for p in report.problems] == [[4]]


def test_the_rows_of_a_sheet_are_read_as_often_as_asked(tmp_path: Path) -> None:
    write(tmp_path / "b.xlsx", [["a", "b"], ["1", "2"], ["3", "4"]])
    table = SheetTable(tmp_path / "b.xlsx", FileShape("b.xlsx", ",", None))
    assert next(table.rows()) == (2, ["1", "2"])
    assert list(table.rows()) == list(table.rows()) == [(2, ["1", "2"]), (3, ["3", "4"])]


async def test_signs_that_nobody_sees_in_ids_are_told(store: SqliteStore, tmp_path: Path, ontology: Ontology) -> None:
    report = await imported(store, tmp_path, ontology, [gene("1\u200b", "A"), gene("\u00a02 ", "B")], LINKS, "csv")
    assert "ids hold signs that nobody sees (U+200B" in str(report.problems[0])
    assert (report.problems[0].left_out, report.entities) == (False, {"Gene": 2})
    assert "subject not defined" in str(report.problems[1])


async def test_ids_kept_as_text_are_read_and_ends_that_became_decimal_numbers_are_told(
    store: SqliteStore, tmp_path: Path, ontology: Ontology
) -> None:
    genes = [gene("007", "A"), gene("8", "B")]
    write(tmp_path / "genes.tsv", [list(HEADER), ['="007"', "A", "n", "", "", ""], *genes[1:]])
    write(tmp_path / "links.csv", [["a", "b"], ["007", "8"], ["8.0", "007"]])
    (tmp_path / "m.yaml").write_text(MAPPING.format(genes="genes.tsv", links="links.csv"), encoding="utf-8")
    report = await import_tables(store, tmp_path, load_mapping(tmp_path / "m.yaml"), ontology, author="tester")
    assert report.relations == {"corresponds_to": 1}
    assert "a program made decimal numbers of ids (8.0 for 8)" in str(report.problems[-1])
