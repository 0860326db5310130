import json
from pathlib import Path

import pytest

from kg.documents.parse import parse
from kg.errors import DamagedDocument, EmptyDocument, OversizedDocument, UnsupportedFormat
from kg.protocols import ParseLimits

RECORD = {
    "paper_id": "PM-1",
    "title": "Bulk flow.",
    "abstract": "It flows in <i>white</i> matter.",
    "authors": [{"given": "G A", "family": "Rosenberg"}, "W T Kyner"],
    "journal": "J Physiol",
    "publication_year": 1980,
    "doi": "10.1/x",
    "pmid": "1",
}


def written(tmp_path: Path, *lines: str | bytes) -> Path:
    path = tmp_path / "corpus.jsonl"
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines))
    return path


def test_a_record_is_a_document_with_its_own_id(tmp_path: Path) -> None:
    result = parse(written(tmp_path, json.dumps(RECORD)), ParseLimits())
    ((document, blocks),) = result.documents
    assert document.source_id == "PM-1"
    assert document.authors == ("G A Rosenberg", "W T Kyner")
    assert (document.year, document.journal, document.language) == (1980, "J Physiol", "en")
    assert document.identifiers == {"doi": "10.1/x", "pmid": "1"}
    assert [block.text for block in blocks] == ["Bulk flow.", "It flows in white matter."]


def test_beir_spelling_is_read(tmp_path: Path) -> None:
    result = parse(
        written(tmp_path, '{"_id": "4983", "title": "T", "text": "脑细胞外间隙。", "metadata": {}}'), ParseLimits()
    )
    ((document, _),) = result.documents
    assert (document.source_id, document.language) == ("4983", "zh")


@pytest.mark.parametrize("none", ["nan", "NULL", "NA", "None", "<NA>", float("nan"), None])
def test_what_pandas_writes_for_a_missing_id_is_no_id(tmp_path: Path, none: object) -> None:
    ids = {"paper_id": none, "doi": none, "pmid": none, "authors": none, "metadata": {"venue": "Nature"}, "venue": none}
    rows = [json.dumps({**ids, "title": "Flow", "abstract": text}) for text in ("It flows.", "It rests.")]
    one, two = (document for document, _ in parse(written(tmp_path, *rows), ParseLimits()).documents)
    assert (one.source_id, two.source_id) == ("corpus.jsonl:1", "corpus.jsonl:2")
    assert (one.identifiers, one.authors, one.journal) == ({}, (), "Nature")


def test_a_broken_line_is_told_by_number_and_the_others_go_in(tmp_path: Path) -> None:
    good = json.dumps(RECORD)
    path = written(
        tmp_path, good, '{"paper_id": ', "", "[1]", b"\xff\xff", '{"id": "x"}', good, good.replace("PM-1", "PM-2")
    )
    result = parse(path, ParseLimits())
    assert [document.source_id for document, _ in result.documents] == ["PM-1", "PM-2"]
    assert [problem.line for problem in result.problems] == [2, 4, 5, 6, 7]
    assert "no JSON" in result.problems[0].why
    assert "a list where an object" in result.problems[1].why
    assert "no text" in result.problems[3].why
    assert "line 1 already" in result.problems[4].why


def test_a_record_without_abstract_keeps_its_title_as_text_and_warns(tmp_path: Path) -> None:
    result = parse(written(tmp_path, '{"id": "a", "title": "Only a title"}'), ParseLimits())
    assert [block.text for block in result.documents[0][1]] == ["Only a title"]
    assert result.warnings == ("line 1: no abstract; the title is its text",)


def test_ids_depend_on_the_record_alone(tmp_path: Path) -> None:
    one = parse(written(tmp_path, json.dumps(RECORD)), ParseLimits()).documents[0][0]
    two = parse(written(tmp_path, '{"id": "other", "title": "t"}', json.dumps(RECORD)), ParseLimits()).documents[1][0]
    assert one.id == two.id
    assert len(one.id) == 20


def test_a_file_without_a_good_record_is_damaged(tmp_path: Path) -> None:
    with pytest.raises(DamagedDocument, match=r"none of its 1 records.*line 1: no JSON"):
        parse(written(tmp_path, "not json"), ParseLimits())


def test_records_without_text_are_refused_at_the_ten_thousandth(tmp_path: Path) -> None:
    with pytest.raises(DamagedDocument, match=r"none of its first 10000 records can be read \(line 1: no text"):
        parse(written(tmp_path, *["{}"] * 10_001, '{"title": "Sleep"}'), ParseLimits())
    path = tmp_path / "list.json"
    path.write_text(f"[{'{},' * 20_000}{{}}]")
    with pytest.raises(UnsupportedFormat, match="first 10000 values are no records of papers"):
        parse(path, ParseLimits())
    path.write_text(f"""[{'{"abstract": ""},' * 20_000}{{}}]""")
    with pytest.raises(DamagedDocument, match="none of its first 10000 records"):
        parse(path, ParseLimits())


def test_an_empty_file_is_empty(tmp_path: Path) -> None:
    with pytest.raises(EmptyDocument):
        parse(written(tmp_path, ""), ParseLimits())
    with pytest.raises(EmptyDocument):
        parse(written(tmp_path, "\n\n"), ParseLimits())


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    with pytest.raises(OversizedDocument, match="JIANXI_LIMIT_SIZE_MB"):
        parse(written(tmp_path, json.dumps(RECORD)), ParseLimits(size_bytes=10))


def test_the_abstracts_are_all_read(shared_data: Path) -> None:
    result = parse(shared_data / "papers/glymphatic_abstracts/corpus.jsonl", ParseLimits())
    assert len(result.documents) == 563
    assert not result.problems
    assert len({document.id for document, _ in result.documents}) == 563


def test_character_references_of_exports_become_characters(tmp_path: Path) -> None:
    file = tmp_path / "refs.jsonl"
    file.write_text(
        '{"id": "1", "title": "A&#x3b2; and &lt;5&#x2009;nm", "abstract": "p&#xa0;&lt;&#xa0;0.05 for A&#x3b2;."}\n'
    )
    ((document, blocks),) = parse(file, ParseLimits()).documents
    assert document.title == "Aβ and <5 nm"
    assert blocks[-1].text == "p < 0.05 for Aβ."


CROSSREF = {
    "DOI": "10.5555/c.1",
    "title": ["Drainage of <i>fluid</i>"],
    "abstract": (
        "<jats:title>Abstract</jats:title><jats:sec><jats:title>Background</jats:title><jats:p>It drains at p < 0.05."
        "</jats:p></jats:sec><jats:sec><jats:title>Results</jats:title><jats:p>We saw 10<jats:sup>6</jats:sup> beads."
        "</jats:p></jats:sec>"
    ),
    "published": {"date-parts": [[2019, 4, 1]]},
    "author": [{"given": "Jane", "family": "Roe"}, {"given": "明月", "family": "欧阳"}, {"name": "A Consortium"}],
    "container-title": ["Journal of Spaces"],
}


def test_crossref_is_read_as_it_is_written(tmp_path: Path) -> None:
    for text in (json.dumps(CROSSREF), json.dumps({"status": "ok", "message": {"items": [CROSSREF]}}, indent=1)):
        file = tmp_path / "crossref.json"
        file.write_text(text)
        ((document, blocks),) = parse(file, ParseLimits()).documents
        assert (document.title, document.year, document.journal) == ("Drainage of fluid", 2019, "Journal of Spaces")
        assert document.authors == ("Jane Roe", "欧阳明月", "A Consortium")
        assert [block.text for block in blocks[1:]] == [
            "Abstract",
            "Background",
            "It drains at p < 0.05.",
            "Results",
            "We saw 10⁶ beads.",
        ]


ROWS = [
    {
        "title": "One",
        "abstract": "It flows.",
        "Publication Year": 2019.0,
        "PMID": 7.0,
        "authors": "['Ann Lee', '王伟']",
    },
    {"title": "Two", "abstract": "It rests.", "Publication Year": float("nan"), "PMID": None, "authors": "Roe J, Li N"},
]


@pytest.mark.parametrize(
    "value",
    [
        ROWS,
        {name: {str(n): row[name] for n, row in enumerate(ROWS)} for name in ROWS[0]},
        {str(n): row for n, row in enumerate(ROWS)},
        {"columns": list(ROWS[0]), "index": [0, 1], "data": [list(row.values()) for row in ROWS]},
        {"schema": {"fields": []}, "data": ROWS},
    ],
    ids=["records", "columns", "index", "split", "table"],
)
def test_tables_of_pandas_are_read_in_every_orientation(tmp_path: Path, value: object) -> None:
    file = tmp_path / "frame.json"
    file.write_text(json.dumps(value))
    one, two = (document for document, _ in parse(file, ParseLimits()).documents)
    assert (one.year, one.identifiers, one.authors) == (2019, {"pmid": "7"}, ("Ann Lee", "王伟"))
    assert (two.year, two.identifiers, two.authors) == (None, {}, ("Roe J", "Li N"))


def test_a_summary_of_pubmed_is_read(tmp_path: Path) -> None:
    record = {
        "uid": "31",
        "pubdate": "2019 Apr",
        "source": "J Flow",
        "title": "Flow",
        "authors": [{"name": "Roe J", "authtype": "Author"}],
        "articleids": [{"idtype": "pubmed", "value": "31"}, {"idtype": "doi", "value": "10.5555/x"}],
    }
    file = tmp_path / "summary.json"
    file.write_text(json.dumps({"header": {}, "result": {"uids": ["31"], "31": record}}))
    ((document, _),) = parse(file, ParseLimits()).documents
    assert (document.year, document.journal, document.authors) == (2019, "J Flow", ("Roe J",))
    assert document.identifiers == {"doi": "10.5555/x", "pmid": "31"}


def test_half_a_character_and_a_huge_number_cost_their_own_record_alone(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '{"title": "cut", "abstract": "Half \\ud83d of it."}',
        '{"title": "huge", "abstract": "Digits.", "n": ' + "9" * 5000 + "}",
        '{"title": "deep", "abstract": ' + "[" * 100_000 + "}",
        '{"title": "whole", "abstract": "Both \\ud83d\\ude00 halves."}',
    )
    result = parse(path, ParseLimits())
    assert [document.title for document, _ in result.documents] == ["whole"]
    assert [problem.line for problem in result.problems] == [1, 2, 3]
    assert "half of a character pair" in result.problems[0].why
    assert "5000 digits" in result.problems[1].why


def test_fields_with_prefixes_and_turned_names_are_read(tmp_path: Path) -> None:
    entry = {
        "dc:title": "Flow",
        "dc:creator": "Roe, Jane; 王, 伟",
        "prism:coverDate": "2019-01-01",
        "prism:doi": "10.5555/x",
    }
    file = tmp_path / "scopus.json"
    file.write_text(json.dumps({"search-results": {"entry": [entry]}}))
    ((document, _),) = parse(file, ParseLimits()).documents
    assert (document.title, document.year, document.authors) == ("Flow", 2019, ("Jane Roe", "王伟"))
    assert document.identifiers == {"doi": "10.5555/x"}


def test_a_list_that_is_cut_off_gives_the_records_before_the_cut(tmp_path: Path) -> None:
    file = tmp_path / "cut.json"
    file.write_text('[{"title": "one", "abstract": "It flows."},\n{"title": "tw')
    result = parse(file, ParseLimits())
    assert [document.title for document, _ in result.documents] == ["one"]
    assert result.problems[0].line == 2


def test_json_that_is_no_paper_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "package.json"
    file.write_text('{\n "name": "tool", "version": "1", "description": "builds things"\n}')
    with pytest.raises(UnsupportedFormat, match="no record of a paper"):
        parse(file, ParseLimits())


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        ("Jane Roe, Xiao Wang and Eve Poe", ("Jane Roe", "Xiao Wang", "Eve Poe")),
        ("Jane Roe, Xiao Wang, and Eve Poe", ("Jane Roe", "Xiao Wang", "Eve Poe")),
        ("Roe, Jane and Wang, Xiao", ("Jane Roe", "Xiao Wang")),
        ("van der Berg, A. B.; Anderson, Jo", ("A. B. van der Berg", "Jo Anderson")),
        ("Roe & Poe", ("Roe", "Poe")),
        ("Roe J, Wang XM, et al.", ("Roe J", "Wang XM")),
        ("王小明 李华 张三", ("王小明", "李华", "张三")),
        ("Roe, J., van Dyk, X. M., & Poe, E.", ("J. Roe", "X. M. van Dyk", "E. Poe")),
        ("Roe, J.-M., Poe, EA", ("J.-M. Roe", "EA Poe")),
        (["J. Roe¹,*", "X. Wang²"], ("J. Roe", "X. Wang")),
        ("张三, 李四, 王五, 赵六", ("张三", "李四", "王五", "赵六")),
        ("Roe, J.; Poe, E.; and Doe, A.", ("J. Roe", "E. Poe", "A. Doe")),
        ("Jane Roe; John Poe and Ann Doe", ("Jane Roe", "John Poe", "Ann Doe")),
        ("Jane Roe, PhD", ("Jane Roe",)),
        (["Jane Roe, PhD", "Garcia Lopez, MA", "Ivanov, Yu.A."], ("Jane Roe", "MA Garcia Lopez", "Yu.A. Ivanov")),
        ("Jane Roe, MD", ("Jane Roe",)),
        ("Jane Roe, PhD, MSc", ("Jane Roe",)),
        (["Jane Roe, MD", "Eve Poe, M.D., Ph.D.", "Ann Lee, MD/PhD, MBA"], ("Jane Roe", "Eve Poe", "Ann Lee")),
        ("Jane Roe, MD; Eve Poe, PhD", ("Jane Roe", "Eve Poe")),
        ("Jane Roe, MD, Eve Poe, PhD, and Ann Lee, MSc", ("Jane Roe", "Eve Poe", "Ann Lee")),
        ("Roe, Jane, MD; Poe, Eve, PhD", ("Jane Roe", "Eve Poe")),
        ("Roe, J.; Garcia Lopez, MD; Poe, RN", ("J. Roe", "MD Garcia Lopez", "RN Poe")),
        ("Garcia Lopez, MD, Roe, JA", ("MD Garcia Lopez", "JA Roe")),
        ("van der Berg, MD", ("MD van der Berg",)),
        (["García Márquez, MD", "López Ruiz, JA"], ("MD García Márquez", "JA López Ruiz")),
        ("王小明, MD; 李华, PhD", ("王小明", "李华")),
        ([["Roe", "Jane", "Jr"], ["Poe", "E.", ""]], ("Jane Roe Jr", "E. Poe")),
        (
            [{"family": "Berg", "given": "A.", "non-dropping-particle": "van der", "suffix": "III"}],
            ("A. van der Berg III",),
        ),
    ],
)
def test_lists_of_names_are_cut_into_people(tmp_path: Path, authors: object, names: tuple[str, ...]) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"title": "Flow", "abstract": "It flows.", "authors": authors}))
    assert parse(path, ParseLimits()).documents[0][0].authors == names


def test_fields_of_more_makers_are_read(tmp_path: Path) -> None:
    arxiv = {
        "id": "0704.0001", "title": "Flow", "abstract": "It flows.", "authors": "C. Bal\\'azs",
        "update_date": "2008-11-26", "authors_parsed": [["Balázs", "C.", ""]], "journal-ref": "Phys. Rev. D 76",
        "versions": [{"created": "2 Apr 2007"}],
    }  # fmt: skip
    s2orc = {
        "title": "Full",
        "abstract": "A.",
        "pdf_parse": {"body_text": [{"section": "Results", "text": "It fell."}]},
    }
    chinese = {"题名": "研究", "作者": "王小明;李华", "摘要": "目的。", "年份": "2021", "刊名": "植物学报"}
    site = {"headline": "Site", "description": "D.", "datePublished": "2020-01-02", "isPartOf": {"name": "Nature"}}
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in (arxiv, s2orc, chinese, site)), encoding="utf-8")
    (one, _), (_, full), (three, _), (four, _) = parse(path, ParseLimits()).documents
    assert (one.authors, one.year, one.journal) == (("C. Balázs",), 2007, "Phys. Rev. D 76")
    assert [block.text for block in full] == ["Full", "A.", "Results", "It fell."]
    assert (three.title, three.authors, three.year, three.journal) == ("研究", ("王小明", "李华"), 2021, "植物学报")
    assert (four.year, four.journal) == (2020, "Nature")


def test_sections_of_a_body_and_a_subtitle_are_read(tmp_path: Path) -> None:
    body = [{"section": "Results", "paragraphs": [{"text": "It fell."}, {"text": "It rose."}]}]
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"title": ["Flow"], "subtitle": ["in mice"], "abstract": "A.", "body": body}))
    document, blocks = parse(path, ParseLimits()).documents[0]
    assert document.title == "Flow: in mice"
    assert [block.text for block in blocks][1:] == ["A.", "Results", "It fell.", "It rose."]


@pytest.mark.parametrize("unit", [1, 10**3, 10**6, 10**9])
def test_a_time_since_1970_is_a_date_in_each_unit(tmp_path: Path, unit: int) -> None:
    times = (1559347200 * unit, 300000000 * unit, -1e9 * unit)
    rows = [
        json.dumps({**RECORD, "paper_id": str(n), "publication_year": None, "date": t}) for n, t in enumerate(times)
    ]
    found = [document.year for document, _ in parse(written(tmp_path, *rows), ParseLimits()).documents]
    assert found == [2019, 1979, 1938]


def test_dates_in_digits_are_no_times_since_1970(tmp_path: Path) -> None:
    rows = [json.dumps({"id": str(date), "title": "T", "abstract": "It flows.", "date": date}) for date in
            (2019, 201906, 20190601, 2019060112, 201906011230, 20190601123059, "2019060112")]  # fmt: skip
    found = [document.year for document, _ in parse(written(tmp_path, *rows), ParseLimits()).documents]
    assert found == [2019] * 7


@pytest.mark.parametrize(
    ("written_as", "authors"),
    [
        ("['Jane Roe' 'Bo Li']", ("Jane Roe", "Bo Li")),
        ("['Jane Roe' \"Ann O'Neil\"\n 'Roe, Bo' '王伟']", ("Jane Roe", "Ann O'Neil", "Bo Roe", "王伟")),
        ("['Jane Roe', 'Bo Li']", ("Jane Roe", "Bo Li")),
        ("['Jane Roe']", ("Jane Roe",)),
    ],
)
def test_lists_of_authors_that_numpy_or_python_wrote_as_text_are_lists(
    tmp_path: Path, written_as: str, authors: tuple[str, ...]
) -> None:
    path = written(tmp_path, json.dumps({**RECORD, "authors": written_as}))
    assert parse(path, ParseLimits()).documents[0][0].authors == authors
