import zipfile
from collections.abc import Callable
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from lxml import etree

from kg.documents.parse import parse
from kg.documents.word.looks import Setting, Styles
from kg.documents.word.numbering import Numbering
from kg.errors import OversizedDocument
from kg.protocols import ParseLimits, ParseResult

SPACES = " ".join(
    f'xmlns:{name}="http://schemas.{address}"'
    for name, address in {
        "w": "openxmlformats.org/wordprocessingml/2006/main",
        "m": "openxmlformats.org/officeDocument/2006/math",
        "mc": "openxmlformats.org/markup-compatibility/2006",
        "w14": "microsoft.com/office/word/2010/wordml",
    }.items()
)
RAISED, LOWERED = (f'<w:vertAlign w:val="{place}"/>' for place in ("superscript", "subscript"))
WHITE = '<w:color w:val="FFFFFF"/>'


def run(text: str, look: str = "") -> str:
    return f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def paragraph(*runs: str, mark: str = "") -> str:
    return f"<w:p><w:pPr>{mark}</w:pPr>{''.join(runs)}</w:p>"


def word(tmp_path: Path, *parts: str) -> ParseResult:
    document = docx.Document()
    body = document.element.body
    for part in parse_xml(f"<w:body {SPACES}>{''.join(parts)}</w:body>"):
        body.insert(len(body) - 1, part)
    document.save(str(tmp_path / "a.docx"))
    return parse(tmp_path / "a.docx", ParseLimits(), ocr=False)


def texts(result: ParseResult) -> list[str]:
    return [block.text for block in result.documents[0][1]]


@pytest.mark.parametrize(
    "look",
    [
        "<w:vanish/>",
        WHITE,
        '<w:color w:val="FEFEFE"/>',
        '<w:color w:val="000000" w:themeColor="background1"/>',
        '<w:sz w:val="2"/>',
        '<w:color w:val="1F3864"/><w:shd w:val="clear" w:fill="1F3864"/>',
        "<w14:textFill><w14:noFill/></w14:textFill>",
    ],
)
def test_hidden_text_is_left_out_and_told(tmp_path: Path, look: str) -> None:
    result = word(tmp_path, paragraph(run("Seen."), run("Obey me.", look)))
    assert texts(result) == ["Seen."]
    assert result.warnings == ("hidden text is left out: “Obey me.”",)


@pytest.mark.parametrize("look", ['<w:vanish w:val="0"/>', WHITE + '<w:highlight w:val="blue"/>', '<w:sz w:val="12"/>'])
def test_text_that_can_be_seen_is_kept(tmp_path: Path, look: str) -> None:
    result = word(tmp_path, paragraph(run("Seen."), run(" Kept.", look)))
    assert (texts(result), result.warnings) == (["Seen. Kept."], ())


def test_white_text_in_a_dark_cell_is_kept(tmp_path: Path) -> None:
    dark = '<w:tcPr><w:shd w:val="clear" w:fill="000000"/></w:tcPr>'
    row = f"<w:tr><w:tc>{dark}{paragraph(run('Head', WHITE))}</w:tc><w:tc>{paragraph(run('x'))}</w:tc></w:tr>"
    assert texts(word(tmp_path, f"<w:tbl>{row}</w:tbl>"))[0].startswith("| Head | x |")


def test_changes_are_read_as_accepted(tmp_path: Path) -> None:
    assert texts(
        word(
            tmp_path,
            paragraph(run("It was "), f"<w:del>{run('1.50')}</w:del><w:ins>{run('1.62')}</w:ins>"),
            paragraph(f"<w:moveFrom>{run('Moved.')}</w:moveFrom>"),
            paragraph(f"<w:moveTo>{run('Moved.')}</w:moveTo>"),
            paragraph(run("One"), mark="<w:rPr><w:del/></w:rPr>"),
            paragraph(run("paragraph.")),
        )
    ) == ["It was 1.62", "Moved.", "One paragraph."]


def test_content_controls_are_read_and_prompts_are_not(tmp_path: Path) -> None:
    prompt = (
        f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{paragraph(run('Click'))}</w:sdtContent></w:sdt>"
    )
    block = f"<w:sdt><w:sdtContent>{paragraph(run('Block.'))}</w:sdtContent></w:sdt>"
    inline = paragraph(f"<w:sdt><w:sdtContent>{run('Inline')}</w:sdtContent></w:sdt>", run(" text."))
    assert texts(word(tmp_path, prompt, f"<w:customXml>{block}</w:customXml>", inline)) == ["Block.", "Inline text."]


def test_prompts_in_tables_are_not_read_and_their_cells_keep_their_places(tmp_path: Path) -> None:
    def control(inside: str) -> str:
        return f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{inside}</w:sdtContent></w:sdt>"

    prompt = paragraph(run("Click here to enter text."))
    a, b, c = (f"<w:tc>{paragraph(run(text))}</w:tc>" for text in "abc")
    rows = f"<w:tr>{a}{b}{c}</w:tr><w:tr><w:tc>{control(prompt)}</w:tc>{control(f'<w:tc>{prompt}</w:tc>')}{c}</w:tr>"
    assert texts(word(tmp_path, f"<w:tbl>{rows}</w:tbl>")) == ["| a | b | c |\n| --- | --- | --- |\n|  |  | c |"]
    alone = f"<w:tbl><w:tr>{control(f'<w:tc>{prompt}</w:tc>')}</w:tr></w:tbl>"
    assert texts(word(tmp_path, alone, paragraph(run("After.")))) == ["After."]


def test_deleted_cells_and_rows_are_left_out_of_tables_and_of_those_inside_them(tmp_path: Path) -> None:
    def cell(text: str, mark: str = "") -> str:
        return f"<w:tc><w:tcPr>{mark}</w:tcPr>{text if text.startswith('<') else paragraph(run(text))}</w:tc>"

    gone = '<w:cellDel w:id="1" w:author="x"/>'
    deleted = f"<w:tr><w:trPr><w:del/></w:trPr>{cell('e')}</w:tr>"
    inner = f"<w:tbl><w:tr>{cell('c')}{cell('d', gone)}</w:tr>{deleted}</w:tbl>"
    row = f"<w:tr>{cell('a')}{cell('b', gone)}{cell(inner)}</w:tr>"
    assert texts(word(tmp_path, f"<w:tbl>{row}</w:tbl>")) == ["| a | c |\n| --- | --- |"]
    rows = f"<w:tr>{cell('a', gone)}</w:tr><w:tr>{cell('b')}</w:tr>"
    assert texts(word(tmp_path, f"<w:tbl>{rows}</w:tbl>")) == ["b"]


def test_a_text_box_is_read_once_after_its_anchor(tmp_path: Path) -> None:
    box = f"<w:txbxContent>{paragraph(run('Boxed.'))}</w:txbxContent>"
    both = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent>"
    assert texts(word(tmp_path, paragraph(run("Anchor."), f"<w:r>{both}</w:r>"))) == ["Anchor.", "Boxed."]
    assert texts(word(tmp_path, paragraph(f"<w:r><w:pict>{box}</w:pict></w:r>"))) == ["Boxed."]


def test_raised_and_lowered_text_keeps_its_value(tmp_path: Path) -> None:
    cited = "".join(
        f"<w:r>{part}</w:r>"
        for part in (
            '<w:fldChar w:fldCharType="begin"/>',
            "<w:instrText>ADDIN ZOTERO_ITEM CSL</w:instrText>",
            '<w:fldChar w:fldCharType="separate"/>',
        )
    )
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    shifted = '<w:position w:val="6"/>'
    assert texts(
        word(
            tmp_path,
            paragraph(run("10"), run("−", RAISED), run("7", RAISED), run(" cm; 10"), run("6", shifted), run(" CO")),
            paragraph(run("mice"), cited, run("1,2", RAISED), end, run(" rats"), run("12", RAISED), run(" CO")),
            paragraph(run("CO"), run("2", LOWERED), run(" rose")),
        )
    ) == ["10⁻⁷ cm; 10⁶ CO", "mice[1,2] rats¹² CO", "CO2 rose"]


def test_symbols_and_hyphens_are_characters(tmp_path: Path) -> None:
    font = '<w:rFonts w:ascii="Symbol" w:hAnsi="Symbol"/>'
    drawn = '<w:r><w:sym w:font="{}" w:char="{}"/></w:r>'
    told = paragraph(
        run("5 "),
        run("m", font),
        run("g \uf0b1 2 "),
        drawn.format("Symbol", "F0A3"),
        drawn.format("Wingdings", "F0FC"),
        run(" IL"),
        "<w:r><w:noBreakHyphen/></w:r>",
        run("6 peri"),
        "<w:r><w:softHyphen/></w:r>",
        run("vascular"),
    )
    assert texts(word(tmp_path, told)) == ["5 μg ± 2 ≤✓ IL-6 perivascular"]


def test_a_font_of_symbols_shows_its_symbols_or_nothing_and_never_letters(tmp_path: Path) -> None:
    drawn = '<w:r><w:sym w:font="{}" w:char="{}"/></w:r>'
    typed = '<w:rFonts w:ascii="{0}" w:hAnsi="{0}"/>'
    fonts = b'<w:font w:name="Flags"><w:charset w:val="02"/></w:font></w:fonts>'
    field = ('<w:fldChar w:fldCharType="begin"/>', '<w:instrText>SYMBOL 80 \\f "Wingdings 2" \\s 9</w:instrText>',
             '<w:fldChar w:fldCharType="end"/>')  # fmt: skip
    told = paragraph(
        drawn.format("Wingdings 2", "F050"),
        run("O", typed.format("Wingdings 2")),
        "".join(f"<w:r>{part}</w:r>" for part in field),
        run(" x "),
        drawn.format("MT Extra", "F04B"),
        run("AB 睡", typed.format("Flags")),
        drawn.format("Segoe UI Symbol", "2713"),
    )
    word(tmp_path, told)

    def change(name: str, content: bytes) -> tuple[str, bytes]:
        return name, content.replace(b"</w:fonts>", fonts) if name == "word/fontTable.xml" else content

    result = rewritten(tmp_path / "a.docx", change)
    assert texts(result) == ["🗸🗴🗸 x 睡✓"]
    assert result.warnings == (
        "symbols are left out whose characters are not known (Flags, MT Extra): set them in another font",
    )


def drawing(tmp_path: Path, element: str, part: str) -> ParseResult:
    """The parse of a paragraph with a drawing that stands for a part of its own."""
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    document = docx.Document()
    whole = Part(PackURI("/word/drawn/part1.xml"), "application/xml", part.encode(), document.part.package)
    relation = document.part.relate_to(whole, "http://schemas.openxmlformats.org/officeDocument/2006/relationships/x")
    anchor = paragraph(run("Anchor."), f"<w:r><w:drawing>{element.format(relation)}</w:drawing></w:r>")
    document.element.body.insert(0, parse_xml(f"<w:body {SPACES} {DRAWN}>{anchor}</w:body>")[0])
    document.add_paragraph("After.")
    document.save(str(tmp_path / "d.docx"))
    return parse(tmp_path / "d.docx", ParseLimits(), ocr=False)


DRAWN = " ".join(
    f'xmlns:{name}="http://schemas.openxmlformats.org/{address}"'
    for name, address in {
        "r": "officeDocument/2006/relationships",
        "a": "drawingml/2006/main",
        "dgm": "drawingml/2006/diagram",
        "c": "drawingml/2006/chart",
    }.items()
)
LINE = "<a:p><a:r><a:t>{}</a:t></a:r></a:p>"


def test_the_text_of_smartart_is_read_behind_its_anchor_in_its_own_order(tmp_path: Path) -> None:
    points = "".join(
        f'<dgm:pt modelId="{name}"><dgm:t>{LINE.format(text)}</dgm:t></dgm:pt>'
        for name, text in (("2", "Included 36"), ("1", "Screened 412"), ("3", "Age under 18"))
    )
    links = "".join(
        f'<dgm:cxn modelId="9" srcId="{above}" destId="{name}" srcOrd="{order}"/>'
        for above, name, order in (("0", "2", 1), ("0", "1", 0), ("1", "3", 0), ("3", "1", 0))
    )
    model = f'<dgm:pt modelId="0" type="doc"/>{points}</dgm:ptLst><dgm:cxnLst>{links}</dgm:cxnLst>'
    data = f"<dgm:dataModel {DRAWN}><dgm:ptLst>{model}</dgm:dataModel>"
    result = drawing(tmp_path, '<dgm:relIds r:dm="{}"/>', data)
    assert texts(result) == ["Anchor.", "Screened 412", "Age under 18", "Included 36", "After."]
    assert result.warnings == ()


def test_a_chart_is_read_by_its_title_and_its_numbers_are_told_as_not_read(tmp_path: Path) -> None:
    def title(text: str) -> str:
        return f"<c:title><c:tx><c:rich>{LINE.format(text)}</c:rich></c:tx></c:title>"

    axis = f"<c:plotArea><c:valAx>{title('Minutes')}</c:valAx></c:plotArea>"
    for shown, read in ((title("Clearance of tracer"), ["Clearance of tracer"]), ("", [])):
        chart = f"<c:chartSpace {DRAWN}><c:chart>{shown}{axis}</c:chart></c:chartSpace>"
        result = drawing(tmp_path, '<c:chart r:id="{}"/>', chart)
        assert texts(result) == ["Anchor.", *read, "After."]
        assert result.warnings == ("1 charts are read by their titles alone: give their numbers in a table",)


def math(name: str, **parts: str) -> str:
    inside = "".join(f"<m:{part}>{text}</m:{part}>" for part, text in parts.items())
    return f"<m:{name}>{inside}</m:{name}>"


def letters(text: str) -> str:
    return f"<m:r><m:t>{text}</m:t></m:r>"


@pytest.mark.parametrize(
    ("equation", "text"),
    [
        (math("sSup", e=letters("10"), sup=letters("-7")), "10⁻⁷"),
        (math("sSup", e=letters("e"), sup=letters("-kt")), "e^(-kt)"),
        (math("sSub", e=letters("D"), sub=letters("eff")), "D_eff"),
        (math("f", num=letters("a+b"), den=letters("c")), "(a+b)/c"),
        (math("rad", deg="", e=letters("x")), "√x"),
        (math("nary", sub=letters("0"), sup=letters("1"), e=letters("x")), "∫_0^1 x"),
        (math("d", e=letters("x")), "(x)"),
        (math("func", fName=letters("log"), e=letters("x")), "log x"),
    ],
)
def test_equations_are_read_as_text(tmp_path: Path, equation: str, text: str) -> None:
    shown = texts(word(tmp_path, paragraph(run("Here "), f"<m:oMath>{equation}</m:oMath>", run(" ends."))))
    assert shown == [f"Here {text} ends."]


def test_a_column_span_of_any_size_stays_small(tmp_path: Path) -> None:
    wide = f'<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr>{paragraph(run("a"))}</w:tc>'
    result = word(tmp_path, f"<w:tbl><w:tr>{wide}<w:tc>{paragraph(run('b'))}</w:tc></w:tr></w:tbl>")
    assert texts(result) == ["| a | b |\n| --- | --- |"]


@pytest.mark.parametrize("value", ["²", "-1", "", "x", "99999999999", "9" * 5000])
def test_odd_numbers_in_the_markup_do_not_lose_the_text(tmp_path: Path, value: str) -> None:
    odd = "".join(f'<w:{name} w:val="{value}"/>' for name in ("position", "w", "sz", "color", "vertAlign"))
    level = f'<w:outlineLvl w:val="{value}"/>'
    result = word(tmp_path, paragraph(run("Kept.", odd), mark=level), paragraph(run("Body.")))
    assert texts(result) == ["Kept.", "Body."]


def test_footnotes_follow_their_paragraph(tmp_path: Path) -> None:
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.opc.packuri import PackURI
    from docx.opc.part import Part

    document = docx.Document()
    noted = paragraph(run("Fell in aged mice."), '<w:r><w:footnoteReference w:id="2"/></w:r>')
    document.element.body.insert(0, parse_xml(f"<w:body {SPACES}>{noted}</w:body>")[0])
    document.add_paragraph("After.")
    xml = f'<w:footnotes {SPACES}><w:footnote w:id="2">{paragraph(run("Aged means old."))}</w:footnote></w:footnotes>'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    part = Part(PackURI("/word/footnotes.xml"), kind, xml.encode(), document.part.package)
    document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    document.save(str(tmp_path / "n.docx"))
    result = parse(tmp_path / "n.docx", ParseLimits(), ocr=False)
    assert texts(result) == ["Fell in aged mice.¹", "¹ Aged means old.", "After."]


def test_the_strict_form_of_the_standard_is_read(tmp_path: Path) -> None:
    word(tmp_path, paragraph(run("Strictly read.")))
    strict = tmp_path / "strict.docx"
    usual, names = "http://schemas.openxmlformats.org/", ("officeDocument", "wordprocessingml", "drawingml")
    with zipfile.ZipFile(tmp_path / "a.docx") as archive, zipfile.ZipFile(strict, "w") as written:
        for part in archive.namelist():
            content = archive.read(part)
            for name in names if part.endswith((".xml", ".rels")) else ():
                content = content.replace(
                    f"{usual}{name}/2006/".encode(), f"http://purl.oclc.org/ooxml/{name}/".encode()
                )
            written.writestr(part, content)
    assert texts(parse(strict, ParseLimits(), ocr=False)) == ["Strictly read."]


def test_a_paragraph_is_looked_up_once_for_all_its_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    setting = Styles.setting

    def counted(paragraph: etree._Element, ground: str | None) -> Setting:
        looked.append(paragraph.tag)
        return setting(paragraph, ground)

    monkeypatch.setattr(Styles, "setting", staticmethod(counted))
    result = word(tmp_path, paragraph("<w:r><w:t>x</w:t></w:r>" * 20_000), paragraph(run("y")))
    assert texts(result) == ["x" * 20_000, "y"]
    assert len(looked) == 2


def test_an_archive_of_too_many_parts_is_refused_for_their_number(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(10_000):
            archive.writestr(f"word/{number}.xml", b"")
        archive.writestr("word/document.xml", b"")
    with pytest.raises(OversizedDocument, match=r"it has 10,001 parts \(limit 10,000\); open it in Word"):
        parse(path, ParseLimits(), ocr=False)


def rewritten(path: Path, change: Callable[[str, bytes], tuple[str, bytes]]) -> ParseResult:
    """The parse of a copy whose parts are changed."""
    copy = path.with_name("copy.docx")
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(copy, "w") as written:
        for name in archive.namelist():
            written.writestr(*change(name, archive.read(name)))
    return parse(copy, ParseLimits(), ocr=False)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"openxmlformats-officedocument.wordprocessingml.document.main", b"ms-word.document.macroEnabled.main"),
        (b"wordprocessingml.document.main", b"wordprocessingml.template.main"),
        (b"word/document.xml", b"word/document2.xml"),
        (b"</Relationships>", b'<Relationship Id="x9" Type="http://a/image" Target="../NULL"/></Relationships>'),
    ],
)
def test_documents_that_other_programs_write_are_read(tmp_path: Path, old: bytes, new: bytes) -> None:
    word(tmp_path, paragraph(run("Text.")))

    def change(name: str, content: bytes) -> tuple[str, bytes]:
        name = name.replace("document.xml", "document2.xml") if b"document2" in new else name
        return name, content.replace(old, new) if name.endswith((".rels", "Types].xml")) else content

    assert texts(rewritten(tmp_path / "a.docx", change)) == ["Text."]


def test_headings_and_lists_are_told_by_their_styles_whatever_the_language(tmp_path: Path) -> None:
    word(
        tmp_path,
        *(
            paragraph(run(name), mark=f'<w:pStyle w:val="{name}"/>{more}')
            for name, more in [
                ("Abschnitt", ""),
                ("Kapitel", ""),
                ("TOCHeading", ""),
                ("Aufzaehlung", ""),
                ("ListParagraph", ""),
                ("Normal", '<w:numPr><w:numId w:val="0"/></w:numPr>'),
            ]
        ),
    )
    own = b"".join(
        b'<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/>%s</w:style>' % (name, name, more)
        for name, more in [
            (b"Abschnitt", b'<w:basedOn w:val="Heading2"/>'),
            (b"Kapitel", b'<w:pPr><w:outlineLvl w:val="0"/></w:pPr>'),
            (b"Aufzaehlung", b'<w:pPr><w:numPr><w:numId w:val="3"/></w:numPr></w:pPr>'),
        ]
    )

    def change(name: str, content: bytes) -> tuple[str, bytes]:
        return name, content.replace(b"</w:styles>", own + b"</w:styles>") if name == "word/styles.xml" else content

    found = rewritten(tmp_path / "a.docx", change).documents[0][1]
    assert [(b.kind.value, b.level) for b in found] == [
        ("heading", 3), ("heading", 2), ("paragraph", None), ("list", None), ("list", None), ("paragraph", None),
    ]  # fmt: skip


def test_a_row_that_begins_behind_free_columns_keeps_its_columns(tmp_path: Path) -> None:
    def row(*cells: str, before: str = "") -> str:
        return f"<w:tr>{before}{''.join(f'<w:tc>{paragraph(run(cell))}</w:tc>' for cell in cells)}</w:tr>"

    free = '<w:trPr><w:gridBefore w:val="1"/></w:trPr>'
    table = f"<w:tbl>{row('A', 'B')}{row('2', before=free)}</w:tbl>"
    assert texts(word(tmp_path, table)) == ["| A | B |\n| --- | --- |\n|  | 2 |"]


def test_fields_without_a_result_are_shown_or_told(tmp_path: Path) -> None:
    def code(text: str) -> str:
        parts = (
            '<w:fldChar w:fldCharType="begin"/>',
            f"<w:instrText>{text}</w:instrText>",
            '<w:fldChar w:fldCharType="end"/>',
        )
        return "".join(f"<w:r>{part}</w:r>" for part in parts)

    result = word(
        tmp_path, paragraph(run("5 "), code('SYMBOL 109 \\f "Symbol"'), run("g, "), code(r"EQ \f(1,2)"), run("."))
    )
    assert texts(result) == ["5 μg, ."]
    assert result.warnings[0].startswith("1 equations are embedded objects or fields")


def test_the_author_of_the_file_may_be_named_family_name_first(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Text.")
    document.core_properties.author = "Roe, Jane; Poe, Eve"
    document.save(str(tmp_path / "a.docx"))
    assert parse(tmp_path / "a.docx", ParseLimits()).documents[0][0].authors == ("Jane Roe", "Eve Poe")


def test_a_large_first_letter_is_part_of_its_word_and_documents_put_in_are_told(tmp_path: Path) -> None:
    frame = '<w:framePr w:dropCap="drop" w:lines="3"/>'
    result = word(tmp_path, paragraph(run("T"), mark=frame), paragraph(run("he study.")), "<w:altChunk/>")
    assert texts(result) == ["The study."]
    assert result.warnings == ("1 parts are other documents put into it, which are not read: save it again in Word",)


def test_a_symbol_in_a_field_is_read_only_where_it_is_seen(tmp_path: Path) -> None:
    def mark(kind: str) -> str:
        return f'<w:fldChar w:fldCharType="{kind}"/>'

    def symbol(look: str = "") -> str:
        parts = (mark("begin"), '<w:instrText>SYMBOL 109 \\f "Symbol"</w:instrText>', mark("end"))
        return "".join(f"<w:r><w:rPr>{look}</w:rPr>{part}</w:r>" for part in parts)

    outer = f"<w:r>{mark('begin')}</w:r><w:r><w:instrText>IF </w:instrText></w:r>"
    nested = f"{outer}{symbol()}<w:r>{mark('separate')}</w:r>{run('yes')}<w:r>{mark('end')}</w:r>"
    result = word(tmp_path, paragraph(run("5 "), symbol("<w:vanish/>"), symbol("<w:strike/>"), symbol(), nested))
    assert texts(result) == ["5 μyes"]
    assert result.warnings == ("hidden text is left out: “μ”", "struck-through text is left out: “μ”")


def test_relations_to_many_parts_are_looked_up_in_linear_time(tmp_path: Path) -> None:
    word(tmp_path, paragraph(run("Text.")))
    many = b"".join(b'<Relationship Id="y%d" Type="http://a/b" Target="gone%d.xml"/>' % (n, n) for n in range(9000))

    def change(name: str, content: bytes) -> tuple[str, bytes]:
        old = b"</Relationships>"
        return name, content.replace(old, many + old) if name == "word/_rels/document.xml.rels" else content

    assert texts(rewritten(tmp_path / "a.docx", change)) == ["Text."]


def counted(tmp_path: Path, levels: str, *parts: str, lists: str = "") -> ParseResult:
    """The parse of paragraphs of a list with these levels."""
    word(tmp_path, *parts)
    kind = f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
    lists = lists or '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    numbering = f"<w:numbering {SPACES}>{kind}{lists}</w:numbering>".encode()

    def change(name: str, content: bytes) -> tuple[str, bytes]:
        return name, numbering if name == "word/numbering.xml" else content

    return rewritten(tmp_path / "a.docx", change)


def level(depth: int, format_: str, mark: str, more: str = "", start: int = 1) -> str:
    inside = f'<w:start w:val="{start}"/><w:numFmt w:val="{format_}"/>{more}<w:lvlText w:val="{mark}"/>'
    return f'<w:lvl w:ilvl="{depth}">{inside}</w:lvl>'


def numbered(depth: int, text: str, name: int = 1, mark: str = "") -> str:
    number = f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{name}"/></w:numPr>'
    return paragraph(run(text) if text else "", mark=mark + number)


def heading(depth: int, text: str) -> str:
    return numbered(depth, text, mark=f'<w:pStyle w:val="Heading{depth + 1}"/>')


def test_headings_carry_the_numbers_that_word_counts(tmp_path: Path) -> None:
    levels = level(0, "decimal", "%1") + level(1, "decimal", "%1.%2") + level(2, "lowerLetter", "(%3)")
    parts = [heading(0, "Introduction"), heading(1, "Aim"), heading(0, "Methods"), heading(1, "Animals"),
             heading(1, "Slices"), paragraph(run("They were cut.")), numbered(2, "Wash"), numbered(2, "Dry"),
             heading(0, "References"), paragraph(run("Iliff 2012."))]  # fmt: skip
    found = counted(tmp_path, levels, *parts).documents[0][1]
    assert [(b.kind.value, b.text) for b in found] == [
        ("heading", "1 Introduction"), ("heading", "1.1 Aim"), ("heading", "2 Methods"), ("heading", "2.1 Animals"),
        ("heading", "2.2 Slices"), ("paragraph", "They were cut."), ("list", "(a) Wash"), ("list", "(b) Dry"),
        ("heading", "References"), ("reference", "Iliff 2012."),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("format_", "start", "shown"),
    [
        ("upperRoman", 9, "IX."), ("lowerRoman", 4, "iv."), ("upperLetter", 27, "AA."), ("decimalZero", 7, "07."),
        ("chineseCounting", 21, "二十一."), ("chineseCountingThousand", 105, "一百零五."),
        ("japaneseCounting", 9, "九."), ("taiwaneseCounting", 10, "十."), ("decimalEnclosedCircle", 2, "②."),
        ("decimalEnclosedCircle", 21, "21."), ("ideographTraditional", 3, "丙."), ("russianLower", 3, "в."),
        ("cardinalText", 3, "3."), ("none", 3, ""), ("lowerLetter", 9999, "9999."),
    ],
)  # fmt: skip
def test_numbers_are_shown_in_the_format_of_their_level(tmp_path: Path, format_: str, start: int, shown: str) -> None:
    result = counted(tmp_path, level(0, format_, "%1.", start=start), numbered(0, "Text"))
    assert texts(result) == [f"{shown} Text".strip()]


def test_bullets_are_no_numbers_and_legal_numbers_are_decimal(tmp_path: Path) -> None:
    legal = level(0, "upperRoman", "%1") + level(1, "decimal", "%1.%2", "<w:isLgl/>") + level(2, "bullet", "o")
    parts = numbered(0, "One"), numbered(1, "Two"), numbered(2, "Three")
    assert texts(counted(tmp_path, legal, *parts)) == ["I One", "1.1 Two", "Three"]


def test_a_list_goes_on_or_begins_anew_as_it_says(tmp_path: Path) -> None:
    anew = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    lists = "".join(
        f'<w:num w:numId="{name}"><w:abstractNumId w:val="0"/>{more}</w:num>'
        for name, more in enumerate(("", "", anew), start=1)
    )
    levels = level(0, "decimal", "%1.") + level(1, "decimal", "%2)", '<w:lvlRestart w:val="0"/>')
    parts = [numbered(0, "a"), numbered(1, "b"), numbered(0, ""), numbered(1, "c"), numbered(0, "d", 2),
             numbered(0, "e", 3), numbered(0, "f", 3), numbered(0, "g", 0), numbered(0, "h", 7)]  # fmt: skip
    assert texts(counted(tmp_path, levels, *parts, lists=lists)) == [
        "1. a", "1) b", "2) c", "3. d", "1. e", "2. f", "g", "h",
    ]  # fmt: skip


def test_rows_of_a_table_that_word_counts_carry_their_numbers(tmp_path: Path) -> None:
    rows = "".join(f"<w:tr><w:tc>{numbered(0, '')}</w:tc><w:tc>{paragraph(run(text))}</w:tc></w:tr>" for text in "ab")
    assert texts(counted(tmp_path, level(0, "decimal", "%1"), f"<w:tbl>{rows}</w:tbl>")) == [
        "| 1 | a |\n| --- | --- |\n| 2 | b |"
    ]


def test_a_deleted_paragraph_of_a_cell_is_not_counted(tmp_path: Path) -> None:
    gone = numbered(0, "", mark="<w:rPr><w:del/></w:rPr>")
    rows = f"<w:tr><w:tc>{gone}{numbered(0, 'a')}</w:tc><w:tc>{numbered(0, 'b')}</w:tc></w:tr>"
    assert texts(counted(tmp_path, level(0, "decimal", "%1"), f"<w:tbl>{rows}</w:tbl>")) == [
        "| 1 a | 2 b |\n| --- | --- |"
    ]


def test_a_list_has_nine_levels_and_lists_of_its_kind_share_them() -> None:
    levels = "".join(level(depth, "decimal", "%1") for depth in range(20))
    own = f'<w:lvlOverride w:ilvl="0">{level(0, "decimal", "%1)")}</w:lvlOverride>'
    nums = "".join(
        f'<w:num w:numId="{name}"><w:abstractNumId w:val="0"/>{more}</w:num>' for name, more in enumerate(("", "", own))
    )
    kind = f'<w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>'
    root = etree.fromstring(f"<w:numbering {SPACES}>{kind}{nums}</w:numbering>")
    lists = Numbering(root, Styles(etree.fromstring(f"<w:styles {SPACES}/>")))._lists
    assert list(lists["0"].levels) == list(range(9))
    assert lists["0"].levels is lists["1"].levels
    assert lists["2"].levels[0].mark == "%1)"


def test_a_level_of_thousands_of_digits_is_the_first(tmp_path: Path) -> None:
    odd = f'<w:numPr><w:ilvl w:val="{"9" * 5000}"/><w:numId w:val="1"/></w:numPr>'
    part = paragraph(run("Text"), mark=odd)
    assert texts(counted(tmp_path, level(0, "decimal", "%1."), part)) == ["1. Text"]
