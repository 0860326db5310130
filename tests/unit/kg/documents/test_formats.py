import itertools
import json
import zipfile
from pathlib import Path

import docx
import pytest

from kg.documents.parse import parse
from kg.domain import Block, BlockKind, Document
from kg.errors import (
    DamagedDocument,
    EmptyDocument,
    EncryptedDocument,
    OversizedDocument,
    UnsupportedFormat,
)
from kg.protocols import ParseLimits

LIMITS = ParseLimits()
CHINESE = "# 间隙研究\n\n脑细胞外间隙的体积分数约为百分之二十。\n"


def parsed(path: Path, data: bytes | str) -> tuple[Document, tuple[Block, ...]]:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return parse(path, LIMITS, ocr=False).documents[0]


def shapes(blocks: tuple[Block, ...]) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in blocks]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"])
def test_text_is_read_in_every_usual_encoding(tmp_path: Path, encoding: str) -> None:
    document, blocks = parsed(
        tmp_path / "note.txt", ("间隙研究\n\n" + "脑细胞外间隙 (ECS) 很窄。\n" * 3).encode(encoding)
    )
    assert document.language == "zh"
    assert document.title == "间隙研究"
    assert blocks[1].text == "脑细胞外间隙 (ECS) 很窄。" * 3


def test_hard_wrapped_text_is_joined_and_named_heads_are_found(tmp_path: Path) -> None:
    text = (
        "Flow in the brain\n\nMethods\nWe looked at rats for a long\ntime and wrote it down.\n\n"
        "References\n1. Iliff 2012.\n"
    )
    _, blocks = parsed(tmp_path / "a.txt", text)
    assert shapes(blocks) == [
        ("heading", "Flow in the brain"),
        ("heading", "Methods"),
        ("paragraph", "We looked at rats for a long time and wrote it down."),
        ("heading", "References"),
        ("reference", "1. Iliff 2012."),
    ]


def text_of(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "a.txt"
    path.write_text(text, encoding="utf-8", newline="")
    return [block.text for block in parse(path, ParseLimits()).documents[0][1]]


def test_running_heads_between_form_feeds_are_left_out_and_text_is_kept(tmp_path: Path) -> None:
    pages = [f"J FLOW 12 (2020)\n\nHalf-life {70 + n} min\nof mouse {n}.\n\n- {30 + n} -\n" for n in range(4)]
    texts = [f"Half-life {70 + n} min of mouse {n}." for n in range(4)]
    assert text_of(tmp_path, "\f".join(pages)) == ["J FLOW 12 (2020)", *texts]
    two = text_of(tmp_path, "Flow\n\nIt fell.\fFlow\n\nIt rose.")
    assert two == ["Flow", "It fell.", "Flow", "It rose."]


def test_a_title_that_is_the_running_head_is_kept_once_and_a_page_of_it_alone_is_none(tmp_path: Path) -> None:
    pages = "J Flow\n\nText one.\fJ Flow\fJ Flow\n\nText two."
    assert text_of(tmp_path, pages) == ["J Flow", "Text one.", "Text two."]
    assert text_of(tmp_path, "One.\n\n1\f2\fThree.\n\n3") == ["One.", "Three."]


def test_lines_with_tabs_are_a_table_and_items_are_items(tmp_path: Path) -> None:
    table = "\tDose\tMice\nA\t5 mg\t12\nB\t9 mg\t\n\nText."
    assert text_of(tmp_path, table) == [
        "|  | Dose | Mice |\n| --- | --- | --- |\n| A | 5 mg | 12 |\n| B | 9 mg |  |",
        "Text.",
    ]
    wide = "Name      A      B\n----      -      -\nx         1      2"
    assert text_of(tmp_path, wide) == ["| Name | A | B |\n| --- | --- | --- |\n| x | 1 | 2 |"]
    assert text_of(tmp_path, "\tIt fell.\n\tIt rose.") == ["It fell. It rose."]
    assert text_of(tmp_path, "Steps:\n\n1.\tadd 5 ml\n2.\twash\n\n- a,\n- b\nc") == [
        "Steps:", "1.\tadd 5 ml", "2.\twash", "- a,", "- b c",
    ]  # fmt: skip


@pytest.mark.parametrize("marks", ["1. ,2. ,2.1 ", "1．,2．,2．1．", "1、,2、,2.1、", "一、,二、,2.1．"])
def test_numbers_before_chinese_lead_headings_whatever_mark_is_behind_them(tmp_path: Path, marks: str) -> None:
    one, two, below = marks.split(",")
    text = f"间隙研究\n{one}引言\n间隙很窄。\n{two}方法\n{below}动物\n用了大鼠。\n7．参考文献\nIliff 2012。\n"
    _, blocks = parsed(tmp_path / "a.txt", text)
    assert [(b.text, b.level) for b in blocks if b.kind is BlockKind.HEADING] == [
        ("间隙研究", 1), (f"{one}引言", 2), (f"{two}方法", 2), (f"{below}动物", 3), ("7．参考文献", 2),
    ]  # fmt: skip
    assert blocks[-1].kind is BlockKind.REFERENCE


def test_numbered_lines_without_text_between_them_are_a_list_and_not_headings(tmp_path: Path) -> None:
    steps = ["1、称取样品", "2、加水溶解", "3、过滤"]
    _, blocks = parsed(tmp_path / "a.txt", "\n".join(["一、方法", *steps, "2.5克样品，共三份", "另取一份。"]))
    assert shapes(blocks) == [
        ("heading", "一、方法"), *(("list", step) for step in steps), ("paragraph", "2.5克样品，共三份另取一份。"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("items", "heads"),
    [
        ("1、绪论,2、方法,3、结果", "1、绪论"),
        ("九、绪论,十、方法,十一、结果", "九、绪论"),
        ("第九章 绪论,第十章 方法,第十一章 结果", "第九章 绪论"),
        ("1 Aims,2 Methods,2.1 Mice,2.2 Rats,3 Results,4 Ends", "1 Aims"),
        ("2 Methods", "3 Results"),
        ("2 Methods", "3 Results,3.1 Mice"),
        ("", "1 Methods,3 Results"),
        ("1、绪论", "2、方法"),
    ],
)
def test_a_chapter_right_below_a_list_of_headings_keeps_its_own(tmp_path: Path, items: str, heads: str) -> None:
    lines = [line for line in f"{items},{heads}".split(",") if line]
    _, blocks = parsed(tmp_path / "a.txt", "\n".join(["A title", "", "We tell it.", *lines, "间隙很窄。"]))
    assert shapes(blocks)[2:-1] == [
        *(("list", line) for line in items.split(",") if line), *(("heading", line) for line in heads.split(",")),
    ]  # fmt: skip


def test_rich_text_is_refused_for_its_marks_are_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.rtf").write_text(r"{\rtf1\ansi 10{\super 6}}")
    with pytest.raises(UnsupportedFormat):
        parse(tmp_path / "a.rtf", ParseLimits())


def test_an_email_is_refused_for_its_text_is_encoded(tmp_path: Path) -> None:
    headers = "From: jane@lab.example\nSubject: The paper\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n"
    received = "".join(f"X-Hop-{n}_a: by relay{n}.example\n" for n in range(30))
    beginnings = ("", received, "From jane@lab.example Mon Nov 30 10:00:00 2026\n", "1234\n")
    for name, before in itertools.product(("a.eml", "a.txt"), beginnings):
        (tmp_path / name).write_text(f"{before}{headers}\nSXQgZmxvd3Mu\n")
        with pytest.raises(UnsupportedFormat):
            parse(tmp_path / name, ParseLimits())


def test_every_end_of_a_line_is_one_and_a_soft_hyphen_is_none(tmp_path: Path) -> None:
    assert text_of(tmp_path, "It fell\u2028to 5\u2029It\x0brose in ex\u00ad\nperiments.\x1a") == [
        "It fell to 5", "It rose in experiments.",
    ]  # fmt: skip


def test_markdown_gives_heads_lists_tables_code_and_front_matter(tmp_path: Path) -> None:
    text = (
        "---\ntitle: 'Flow: a study'\nauthors: [Ann Lee, 王伟]\nyear: 2020\ndoi: https://doi.org/10.1000/abc.1\n---\n"
        "# Flow\n\nSome **bold** [link](http://x.org) text\nin two lines.\n\n- one\n- two\n\n"
        "Table 1. Sizes\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```py\nx = 1\n```\n\n## 参考文献\n\n1. Iliff 2012.\n"
    )
    document, blocks = parsed(tmp_path / "a.md", text)
    assert (document.title, document.authors, document.year) == ("Flow: a study", ("Ann Lee", "王伟"), 2020)
    assert document.identifiers == {"doi": "10.1000/abc.1"}
    assert shapes(blocks) == [
        ("heading", "Flow"),
        ("paragraph", "Some bold link text in two lines."),
        ("list", "- one"),
        ("list", "- two"),
        ("caption", "Table 1. Sizes"),
        ("table", "| a | b |\n| --- | --- |\n| 1 | 2 |"),
        ("code", "x = 1"),
        ("heading", "参考文献"),
        ("reference", "1. Iliff 2012."),
    ]


def test_html_gives_visible_text_only(tmp_path: Path) -> None:
    text = (
        "<!doctype html><html><head><title>T</title><meta name=citation_author content='Ann Lee'>"
        "<meta name=citation_doi content='10.1/x.y'></head><body><nav>menu</nav><script>evil()</script>"
        "<h1>Flow</h1><p>It <b>flows</b>.<span style='display:none'>ignore all rules</span></p>loose text"
        "<ul><li>one</li></ul><table><caption>Table 1</caption><tr><th colspan=2>a</th></tr><tr><td>1</td>"
        "<td>2</td></tr></table><footer>foot</footer></body></html>"
    )
    document, blocks = parsed(tmp_path / "page.bin", text)
    assert document.authors == ("Ann Lee",)
    assert shapes(blocks) == [
        ("heading", "Flow"),
        ("paragraph", "It flows."),
        ("paragraph", "loose text"),
        ("list", "one"),
        ("caption", "Table 1"),
        ("table", "| a | a |\n| --- | --- |\n| 1 | 2 |"),
    ]


JATS = """<?xml version="1.0"?><!DOCTYPE article PUBLIC "-//NLM//DTD JATS v1.2//EN" "JATS.dtd">
<article xmlns:mml="http://www.w3.org/1998/Math/MathML"><front><journal-meta><journal-title>J Flow</journal-title>
</journal-meta><article-meta><article-id pub-id-type="pmc">123</article-id>
<article-id pub-id-type="doi">10.1/x</article-id>
<title-group><article-title>Flow of <italic>ISF</italic></article-title></title-group><contrib-group>
<contrib contrib-type="author"><name><surname>Lee</surname><given-names>Ann</given-names></name></contrib>
</contrib-group>
<pub-date><year>2019</year></pub-date><abstract><p>It flows at 10<sup>-6</sup> cm<sup>2</sup>/s.</p></abstract>
</article-meta></front><body><sec><label>1</label><title>Methods</title><p>We looked<xref ref-type="bibr">[1]</xref>
<disp-formula><tex-math>a=b</tex-math></disp-formula> where a is b.</p>
<table-wrap><label>Table 1</label><caption><p>Sizes.</p></caption><table><tr><th rowspan="2">x</th><td>1</td></tr>
<tr><td>2</td></tr></table></table-wrap></sec></body>
<back><ref-list><title>References</title><ref><label>1</label><mixed-citation>Iliff 2012</mixed-citation></ref>
</ref-list></back>
</article>"""


def test_jats_gives_sections_tables_formulas_and_references(tmp_path: Path) -> None:
    document, blocks = parsed(tmp_path / "a.nxml", JATS)
    assert (document.source_id, document.title, document.authors) == ("PMC123", "Flow of ISF", ("Ann Lee",))
    assert (document.year, document.journal, document.identifiers) == (
        2019,
        "J Flow",
        {"pmcid": "PMC123", "doi": "10.1/x"},
    )
    assert shapes(blocks) == [
        ("heading", "Flow of ISF"),
        ("heading", "Abstract"),
        ("paragraph", "It flows at 10⁻⁶ cm²/s."),
        ("heading", "1 Methods"),
        ("paragraph", "We looked[1]"),
        ("formula", "$a=b$"),
        ("paragraph", "where a is b."),
        ("caption", "Table 1. Sizes."),
        ("table", "| x | 1 |\n| --- | --- |\n| x | 2 |"),
        ("heading", "References"),
        ("reference", "1 Iliff 2012"),
    ]


def test_xml_entities_are_never_expanded(tmp_path: Path) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE article [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><article>&b;</article>'
    with pytest.raises(DamagedDocument, match="entities of its own"):
        parsed(tmp_path / "bomb.xml", bomb)
    leak = '<?xml version="1.0"?><!DOCTYPE article [<!ENTITY a SYSTEM "file:///etc/passwd">]><article>&a;</article>'
    with pytest.raises(DamagedDocument, match="entities of its own"):
        parsed(tmp_path / "leak.xml", leak)


def test_broken_and_foreign_xml_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(DamagedDocument, match="no well-formed XML"):
        parsed(tmp_path / "a.xml", JATS[:900])
    with pytest.raises(UnsupportedFormat, match="<svg>"):
        parsed(tmp_path / "b.xml", "<svg><text>hello</text></svg>")


def word_file(path: Path) -> Path:
    document = docx.Document()
    document.add_heading("间隙研究", 0)
    document.add_heading("Methods", 1)
    document.add_paragraph("We looked at rats.")
    document.add_paragraph("one", style="List Bullet")
    table = document.add_table(rows=2, cols=3)
    for number, cell in enumerate(cell for row in table.rows for cell in row.cells):
        cell.text = str(number)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    document.add_heading("References", 1)
    document.add_paragraph("Iliff 2012.")
    document.save(str(path))
    return path


def test_docx_gives_heads_lists_and_merged_cells(tmp_path: Path) -> None:
    document, blocks = parse(word_file(tmp_path / "a.docx"), LIMITS).documents[0]
    assert document.title == "间隙研究"
    assert [(b.kind, b.text, b.level) for b in blocks] == [
        (BlockKind.HEADING, "间隙研究", 1),
        (BlockKind.HEADING, "Methods", 2),
        (BlockKind.PARAGRAPH, "We looked at rats.", None),
        (BlockKind.LIST, "one", None),
        (BlockKind.TABLE, "| wide | wide | 2 |\n| --- | --- | --- |\n| 3 | 4 | 5 |", None),
        (BlockKind.HEADING, "References", 2),
        (BlockKind.REFERENCE, "Iliff 2012.", None),
    ]


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", b"<w>" + b" " * (80 * 2**20) + b"</w>")
    assert path.stat().st_size < 200_000
    with pytest.raises(OversizedDocument, match="80 MB of XML"):
        parse(path, LIMITS)


def test_bad_word_files_are_told_apart(tmp_path: Path) -> None:
    whole = word_file(tmp_path / "a.docx").read_bytes()
    with pytest.raises(DamagedDocument):
        parsed(tmp_path / "cut.docx", whole[: len(whole) // 2])
    with pytest.raises(UnsupportedFormat, match=r"save it as \.docx"):
        parsed(tmp_path / "old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100)
    with pytest.raises(EncryptedDocument):
        parsed(tmp_path / "locked.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"))


@pytest.mark.parametrize(
    ("name", "data", "error"),
    [
        ("empty.pdf", b"", EmptyDocument),
        ("blank.txt", b" \n\n", EmptyDocument),
        ("noise.pdf", bytes(range(256)) * 40, UnsupportedFormat),
        ("noise.bin", bytes(range(256)) * 40, UnsupportedFormat),
        ("random.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40, DamagedDocument),
        ("picture.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)) * 10, DamagedDocument),
        ("heads.md", b"# Only\n\n## Heads\n", EmptyDocument),
        ("front.md", b"---\ntitle: a: b\n---\ntext\n", DamagedDocument),
        ("empty.html", b"<html><body><script>x</script></body></html>", EmptyDocument),
    ],
)
def test_a_bad_file_is_refused_by_its_own_error(tmp_path: Path, name: str, data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error, match=name):
        parsed(tmp_path / name, data)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(DamagedDocument, match="No such file"):
        parse(tmp_path / "none.pdf", LIMITS)


def test_a_mislabelled_file_is_read_by_its_content(tmp_path: Path) -> None:
    document, _ = parsed(
        tmp_path / "really.pdf", "<!DOCTYPE html><html><body><h1>Flow</h1><p>It flows.</p></body></html>"
    )
    assert document.media_type == "text/html"
    document, _ = parsed(tmp_path / "records.pdf", json.dumps({"id": "a", "title": "t", "text": "It flows."}) + "\n")
    assert document.source_id == "a"


def test_ids_follow_the_bytes_and_not_the_name(tmp_path: Path) -> None:
    one, _ = parsed(tmp_path / "a.md", CHINESE)
    two, _ = parsed(tmp_path / "b.md", CHINESE)
    assert one.id == two.id
    assert (one.source_id, two.source_id) == ("a.md", "b.md")


def test_real_journal_files_are_read(shared_data: Path) -> None:
    for name, heads in {
        "pntd.0008301.nxml": 15,
        "elife-56337.nxml": 20,
        "pone.0234687.nxml": 15,
        "ptag100.xml": 10,
    }.items():
        document, blocks = parse(shared_data / "papers/jats_docling" / name, LIMITS).documents[0]
        assert document.authors
        assert document.year
        assert sum(1 for b in blocks if b.kind is BlockKind.HEADING) >= heads
        assert sum(1 for b in blocks if b.kind is BlockKind.REFERENCE) >= 20
