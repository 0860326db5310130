import base64
import json
import time
from pathlib import Path

import pytest

from kg.documents.encoding import decoded
from kg.documents.parse import parse
from kg.errors import DamagedDocument
from kg.protocols import ParseLimits, ParseResult

KOREAN = "수면 중 생쥐의 세포외 공간이 육십 퍼센트 증가하였다."
JAPANESE = "睡眠中のマウスの細胞外空間は六十パーセント増加した。"
TRADITIONAL = "睡眠期間小鼠的細胞外間隙增加了百分之六十。"
SIMPLIFIED = "睡眠期间小鼠的细胞外间隙增加了百分之六十。"
RUSSIAN = "Во время сна внеклеточное пространство увеличилось."
FRENCH = "L’espace extracellulaire a augmenté à 60 % après évaluation détaillée."
CHARSETS = [
    ("euc-kr", KOREAN),
    ("shift_jis", JAPANESE),
    ("euc-jp", JAPANESE),
    ("iso-2022-jp", JAPANESE),
    ("big5", TRADITIONAL),
    ("gb2312", SIMPLIFIED),
    ("windows-1251", RUSSIAN),
    ("koi8-r", RUSSIAN),
    ("windows-1252", FRENCH),
]


def page(tmp_path: Path, body: str | bytes, head: str = '<meta charset="utf-8">') -> ParseResult:
    path = tmp_path / "page.html"
    data = body if isinstance(body, bytes) else f"<!doctype html><html><head>{head}</head><body>{body}</body></html>"
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return parse(path, ParseLimits(), ocr=False)


def texts(result: ParseResult) -> list[str]:
    return [block.text for block in result.documents[0][1]]


@pytest.mark.parametrize(("charset", "text"), CHARSETS)
@pytest.mark.parametrize(
    "head", ['<meta charset="{}">', "<META http-equiv=Content-Type content='text/html; charset={}'>", ""]
)
def test_a_page_is_read_in_its_charset_declared_or_not(tmp_path: Path, charset: str, text: str, head: str) -> None:
    html = f"<!doctype html><html><head>{head.format(charset)}</head><body><p>{text}</p></body></html>"
    assert texts(page(tmp_path, html.encode(charset))) == [text]


@pytest.mark.parametrize("text", ["脑", "间质液", "AQP4 is lost in aged mice (老年小鼠)。", "结果：p < 0.05"])
def test_few_chinese_characters_are_read_as_chinese(text: str) -> None:
    assert decoded(text.encode("gb18030"), Path("a.txt")) == text


def test_utf8_under_a_wrong_declaration_is_utf8(tmp_path: Path) -> None:
    assert texts(page(tmp_path, f"<p>{KOREAN}</p>", '<meta charset="iso-8859-1">')) == [KOREAN]


def test_bytes_of_no_charset_are_refused() -> None:
    with pytest.raises(DamagedDocument, match="charset"):
        decoded(bytes(range(128, 256)) * 20, Path("a.txt"))


def test_raised_text_keeps_its_value_and_citations_stand_apart(tmp_path: Path) -> None:
    body = (
        "<p>10<sup>6</sup> cells, 10<sup>−7</sup> cm<sup>2</sup>, H<sub>2</sub>O, e<sup>x</sup>.</p>"
        "<p>Mice<sup><a href='#r1'>1,2</a></sup> slept<a href='#r3'><sup>3</sup></a>"
        "<sup><a href='#r4'>[4]</a></sup>.</p>"
        "<p>one<br>two</p><table><tr><th>a<th>b<tr><td><p>1</p><p>2</p><td>10<sup>3</sup></table>"
    )
    assert texts(page(tmp_path, body)) == [
        "10⁶ cells, 10⁻⁷ cm², H2O, e^x.",
        "Mice[1,2] slept[3][4].",
        "one two",
        "| a | b |\n| --- | --- |\n| 1 2 | 10³ |",
    ]


@pytest.mark.parametrize(
    "formula",
    [
        "<math><msup><mn>10</mn><mn>6</mn></msup></math>",
        "<mml:math><mml:msup><mml:mn>10</mml:mn><mml:mn>6</mml:mn></mml:msup></mml:math>",
        "<span class=katex><span><math><semantics><msup><mn>10</mn><mn>6</mn></msup><annotation>10^6</annotation>"
        "</semantics></math></span><span aria-hidden=true>106</span></span>",
    ],
)
def test_formulas_are_read_as_text(tmp_path: Path, formula: str) -> None:
    assert texts(page(tmp_path, f"<p>We used {formula} cells.</p>")) == ["We used 10⁶ cells."]


def test_the_text_inside_a_form_is_read_and_a_search_form_is_not(tmp_path: Path) -> None:
    search = "<form><label>Search</label><input name=q><button>go</button></form>"
    body = f"<form>{search}<h1>Report</h1><p>The half-life was 86 minutes in the caudate nucleus of the rat.</p></form>"
    long = "<p>The half-life was 86 minutes in the caudate nucleus of the rat.</p>" * 4
    assert texts(page(tmp_path, body.replace(search, "")))[-1].startswith("The half-life")
    assert texts(page(tmp_path, f"{search}{long}")) == [long[3:66]] * 4


def test_every_article_of_a_page_is_read(tmp_path: Path) -> None:
    one, two = "<article><p>Sleep widened it.</p></article>", "<article><p>Xylazine did too.</p></article>"
    assert texts(page(tmp_path, f"<div>menu</div>{one}{two}")) == ["Sleep widened it.", "Xylazine did too."]
    assert texts(page(tmp_path, f"<main><p>Before.</p>{one}</main>")) == ["Before.", "Sleep widened it."]


MENU = "<div id=x><h3>Recent posts</h3><ul>" + "<li><a href=/a>Why we sleep</a></li>" * 4 + "</ul></div>"
REFERENCES = [
    f"Iliff JJ, Wang M, Liao Y, et al. A paravascular pathway facilitates CSF flow. Sci Transl Med. 2012;{n}:147ra111."
    for n in (4, 5, 6)
]


@pytest.mark.parametrize(
    "beside",
    [
        "<div role=navigation>No.</div>",
        "<div role=complementary><p>No.</p></div>",
        "<div role=contentinfo>No.</div>",
        "<dialog open>We use cookies.</dialog>",
        "<div role=dialog>We use cookies.</div>",
        '<div style="position:fixed;bottom:0">We use cookies.</div>',
        "<div role=comment>I slept well.</div>",
        MENU,
        "<div><a href=/>Home</a> | <a href=/t>Topics</a> | <a href=/c>Contact</a></div>",
    ],
)
def test_what_stands_beside_the_main_text_is_left_out(tmp_path: Path, beside: str) -> None:
    text = "Clearance of tracer rose by 60 % while the mice slept, as a table below shows in numbers."
    assert texts(page(tmp_path, f"<h1>Flow</h1>{beside}<div><p>{text}</p><p>{text}</p></div>")) == ["Flow", text, text]


@pytest.mark.parametrize(
    ("beside", "told"),
    [
        (
            "<ul><li><a href=/1>GSE12345</a><li><a href=/2>GSE12346</a><li><a href=/3>GSE12347</a></ul>",
            "menus and lists",
        ),
        ('<p style="position:fixed">GSE12345 GSE12346 GSE12347</p>', "boxes fixed to the window"),
    ],
)
def test_links_and_fixed_boxes_that_are_left_out_are_told(tmp_path: Path, beside: str, told: str) -> None:
    text = "Clearance of tracer rose by 60 % while the mice slept, as a table below shows in numbers."
    (warning,) = page(tmp_path, f"<p>{text}</p><h2>Data</h2>{beside}").warnings
    assert told in warning
    assert "GSE12345 GSE12346 GSE12347" in warning


def test_a_table_of_links_is_no_menu(tmp_path: Path) -> None:
    rows = "".join(f"<tr><td><a href=/c>{a}</a></td><td><a href=/t>{b}</a></td></tr>" for a, b in ("ab", "cd", "ef"))
    text = "Clearance of tracer rose by 60 % while the mice slept, as a table below shows in numbers."
    assert texts(page(tmp_path, f"<p>{text}</p><div><table>{rows}</table></div>"))[1].startswith("| a | b |")


def test_a_page_of_parts_that_are_fixed_to_the_window_is_read(tmp_path: Path) -> None:
    slides = "".join(f'<section style="position:fixed"><p>Slide {n} shows flow.</p></section>' for n in range(10))
    assert len(texts(page(tmp_path, f"{slides}<p>foot</p>"))) == 11


def test_many_articles_are_read_in_linear_time(tmp_path: Path) -> None:
    began = time.process_time()
    assert texts(page(tmp_path, "<p>Text.</p>" + "<article></article>" * 40_000)) == ["Text."]
    assert time.process_time() - began < 10


def test_lists_of_links_that_are_the_text_are_kept(tmp_path: Path) -> None:
    listed = "".join(f"<li><a href=#r>{text}</a></li>" for text in REFERENCES)
    found = page(tmp_path, f"<p>It flows.</p><h2>References</h2><ol>{listed}</ol>").documents[0][1]
    assert [block.text for block in found if block.kind.value == "reference"] == REFERENCES
    assert texts(page(tmp_path, f"<p>All posts.</p>{MENU}"))[1:] == ["Recent posts", *["Why we sleep"] * 4]
    named = "<a name=x>Clearance</a> <a name=y>of</a> <a name=z>tracer rose by 60 %.</a>"
    assert texts(page(tmp_path, f"<div>{named}</div><p>It fell in mice that were kept awake.</p>"))[0].startswith("Cl")


@pytest.mark.parametrize("around", ["{}", "<main>{}</main>"])
def test_comments_beside_an_article_are_left_out_and_told(tmp_path: Path, around: str) -> None:
    main = "<article><h1>Flow</h1><p>Clearance of tracer rose by 60 % while the mice slept.</p></article>"
    comments = "<article><h4>Ann</h4><p>It cured me.</p></article><article><p>Me too.</p></article>"
    result = page(tmp_path, around.format(f"{main}<h2>Comments</h2><div>{comments}</div>"))
    assert "It cured me." not in texts(result)
    assert texts(result)[:2] == ["Flow", "Clearance of tracer rose by 60 % while the mice slept."]
    assert result.warnings == ("text of articles beside the main one is left out: “Ann It cured me. Me too.”",)


def test_articles_that_are_parts_of_one_text_are_read(tmp_path: Path) -> None:
    parts = "<article><h1>Flow</h1></article>" + "".join(f"<article><h2>{n}</h2><p>Text.</p></article>" for n in "ab")
    assert texts(page(tmp_path, parts)) == ["Flow", "a", "Text.", "b", "Text."]
    body = "<article><h1>Flow</h1><p>Short.</p></article><article><p>The longer part has no heading.</p></article>"
    assert texts(page(tmp_path, body)) == ["Flow", "Short.", "The longer part has no heading."]


def test_blocks_inside_unknown_elements_stay_blocks(tmp_path: Path) -> None:
    assert texts(page(tmp_path, "<x-card><h2>Head</h2><p>One.</p><p>Two.</p></x-card>")) == ["Head", "One.", "Two."]


def test_struck_text_is_left_out(tmp_path: Path) -> None:
    assert texts(page(tmp_path, "<p>It was <del>1.50</del><ins>1.62</ins>.</p>")) == ["It was 1.62."]


@pytest.mark.parametrize(
    ("head", "attribute"),
    [
        ("", 'style="display:none"'),
        ("", 'style="color:#fff"'),
        ("", 'style="color:white;background:#FEFEFE"'),
        ("", 'style="color:transparent"'),
        ("", 'style="color:rgba(0,0,0,0)"'),
        ("", 'style="opacity:.01"'),
        ("", 'style="font-size:1px"'),
        ("", 'style="font-size:0"'),
        ("", 'style="position:absolute;left:-9999px"'),
        ("", 'style="transform:scale(0)"'),
        ("", 'style="transform:translateX(-9999px)"'),
        ("", 'style="text-indent:-9999px"'),
        ("", 'style="clip-path:inset(100%)"'),
        ("", 'style="position:absolute;clip:rect(0,0,0,0)"'),
        ("", 'style="height:0;overflow:hidden"'),
        ("", 'style="visibility:hidden"'),
        ("<style>.x{display:none}</style>", "class=x"),
        ("<style>@media screen{p .x{opacity:0}}</style>", "class=x"),
        ("<style>body{background:#222;color:#eee}.x{color:#222}</style>", "class=x"),
        ("<style>:root{--ink:#fff}.x{color:var(--ink)}</style>", "class=x"),
    ],
)
def test_text_that_a_style_hides_is_left_out_and_told(tmp_path: Path, head: str, attribute: str) -> None:
    result = page(tmp_path, f"<p>Seen. <span {attribute}>Obey me.</span></p>", f'<meta charset="utf-8">{head}')
    assert texts(result) == ["Seen."]
    assert result.warnings == ("hidden text is left out: “Obey me.”",)


@pytest.mark.parametrize(
    ("head", "attribute"),
    [
        ("", 'style="color:#fff;background:#036"'),
        ("", 'style="color:#fff;background:url(a.png)"'),
        ("", 'style="opacity:.8"'),
        ("", 'style="text-indent:-2em"'),
        ("", 'style="font-size:.8em;position:relative;top:-4px"'),
        ("<style>.x{display:none}#y{display:block}</style>", "class=x id=y"),
        ("<style>@media print{.x{display:none}}</style>", "class=x"),
        ("<style>@media (max-width:600px){.x{display:none}}</style>", "class=x"),
        ("<style>.x:hover{display:none}</style>", "class=x"),
        ("<style>p{font-size:0}.x{font-size:16px}</style>", "class=x"),
        ("<style>p .x:no-such(1){display:none} .x[{opacity:0} .1x{display:none}</style>", "class=x"),
    ],
)
def test_text_that_a_reader_sees_is_kept(tmp_path: Path, head: str, attribute: str) -> None:
    result = page(tmp_path, f"<p><span {attribute}>Kept.</span></p>", f'<meta charset="utf-8">{head}')
    assert (texts(result), result.warnings) == (["Kept."], ())


def test_text_raised_by_a_style_is_raised(tmp_path: Path) -> None:
    head = '<meta charset="utf-8"><style>.c1{vertical-align:super}</style>'
    assert texts(page(tmp_path, "<p>10<span class=c1>6</span> cells</p>", head)) == ["10⁶ cells"]


def test_a_broken_formula_does_not_lose_the_page(tmp_path: Path) -> None:
    broken = "<p>Kept.</p><p><math><m#:x<><msup><mn>10</mn><m%n>6</m%n></msup></math></p>"
    assert texts(page(tmp_path, broken))[0] == "Kept."


def test_a_page_that_never_closes_its_elements_is_refused_unparsed(tmp_path: Path) -> None:
    with pytest.raises(DamagedDocument, match=r"more than 2,000 elements are open at once, the last one <div>"):
        page(tmp_path, "<p>x</p>" + "<div>" * 300_000)


def test_the_innermost_cells_of_nested_tables_are_read_once(tmp_path: Path) -> None:
    inner = "<table><tr><td>b1<td>b2</table>"
    cells = f"<td>a<td><div>lost{inner}</div><td><table><tr><td>c1<td>{inner.replace('b', 'd')}</table><td>e"
    assert texts(page(tmp_path, f"<table><tr>{cells}</table>")) == ["a", "b1", "b2", "c1", "d1", "d2", "e"]
    deep = "<table><tr><td>x<td>" * 500 + "end" + "</table>" * 500
    assert texts(page(tmp_path, deep)) == ["x"] * 500 + ["end"]


def test_styles_that_cost_the_cube_of_the_elements_are_left_out(tmp_path: Path) -> None:
    style = "<style>.z ~ p ~ p ~ p {display: none} body .hid {display: none}</style>"
    found = page(tmp_path, "<p>x</p>" * 5000 + "<p class=hid>Obey me.</p>", style)
    assert texts(found) == ["x"] * 5000


def test_a_charset_that_is_declared_late_is_used(tmp_path: Path) -> None:
    late = (
        f"<html><head><script>{'x' * 6000}</script><meta charset=big5></head><body><p>{TRADITIONAL}</p></body></html>"
    )
    assert texts(page(tmp_path, late.encode("big5"))) == [TRADITIONAL]
    silent = late.replace("<meta charset=big5>", "")
    assert texts(page(tmp_path, silent.encode("big5"))) == [TRADITIONAL]


@pytest.mark.parametrize("declared", ["windows-1252", "iso-8859-1", "utf-8"])
def test_few_chinese_characters_under_a_wrong_declaration_are_chinese(tmp_path: Path, declared: str) -> None:
    text = SIMPLIFIED + " In mice that sleep the space grows by 60 %." * 10
    html = f'<html><head><meta charset="{declared}"></head><body><p>{text}</p></body></html>'
    assert texts(page(tmp_path, html.encode("gbk"))) == [text]


@pytest.mark.parametrize("text", ["Café naïve – 5 µm ± 2 “quoted” €5.", "Text é."])
def test_western_text_is_read_as_western(text: str) -> None:
    for declared in ("", "utf-8", "windows-1252"):
        assert decoded(text.encode("cp1252"), Path("a.html"), declared) == text


def test_formulas_of_mathjax_and_of_pictures_are_read_once(tmp_path: Path) -> None:
    drawn = '<span class="MathJax_Preview"></span><span class="MathJax"><nobr>x2</nobr></span>'
    script = '<script type="math/tex">x^2</script>'
    picture = '<img class="mwe-math-fallback-image-inline" alt="{\\displaystyle y^{2}}"> <img alt="A dog">'
    body = f"<p>So {drawn}{script} and {script} or {picture}.</p><script>run()</script>"
    assert texts(page(tmp_path, body)) == ["So $x^2$ and $x^2$ or {\\displaystyle y^{2}} ."]


def test_blocks_in_a_cell_or_a_heading_stand_apart(tmp_path: Path) -> None:
    cells = "<td>A<dl><dt>dose</dt><dd>5</dd></dl></td><td>B</td>"
    cell = f"<table><caption><p>Table 1.</p><p>Doses</p></caption><tr>{cells}</tr></table>"
    assert texts(page(tmp_path, f"<h1><div>Flow</div><div>in mice</div></h1>{cell}")) == [
        "Flow in mice", "Table 1. Doses", "| A dose 5 | B |\n| --- | --- |",
    ]  # fmt: skip


def test_elements_closed_where_they_open_hide_nothing(tmp_path: Path) -> None:
    xhtml = '<?xml version="1.0"?><html><head><script src="a"/></head><body><div/><p>Text.</p></body></html>'
    assert texts(page(tmp_path, xhtml.encode())) == ["Text."]


def test_particulars_are_read_from_the_marks_of_more_publishers(tmp_path: Path) -> None:
    marks = {
        "citation_authors": "Roe, Jane; Wang, Xiao",
        "citation_online_date": "2019/12/01",
        "prism.doi": "doi:10.1234/abc",
        "prism.publicationName": "Nature",
    }
    head = "".join(f'<meta name="{name}" content="{text}">' for name, text in marks.items())
    document = page(tmp_path, "<h1>T</h1><p>Text.</p>", head).documents[0][0]
    assert (document.authors, document.year, document.journal) == (("Jane Roe", "Xiao Wang"), 2019, "Nature")
    assert document.identifiers == {"doi": "10.1234/abc"}


def test_pages_of_arxiv_keep_notes_and_formulas_apart(tmp_path: Path) -> None:
    mark = '<sup class="ltx_note_mark">1</sup>'
    note = f'{mark}<span class="ltx_note_outer"><span class="ltx_note_content">{mark}By eye.</span></span>'
    formula = (
        '<table class="ltx_equation ltx_eqn_table"><tr><td></td><td>'
        "<math><mi>m</mi><msup><mi>c</mi><mn>2</mn></msup></math>"
        '</td><td class="ltx_eqn_eqno">(1)</td></tr></table>'
    )
    found = page(tmp_path, f"<p>It fell{note}.</p>{formula}").documents[0][1]
    assert [(block.kind.value, block.text) for block in found] == [
        ("paragraph", "It fell (By eye.)."),
        ("formula", "mc²"),
    ]


def test_scripts_before_a_sign_stand_before_it(tmp_path: Path) -> None:
    isotope = (
        "<math><mmultiscripts><mi>C</mi><mn>2</mn><none/><mprescripts/><mn>6</mn><mn>14</mn></mmultiscripts></math>"
    )
    assert texts(page(tmp_path, f"<p>{isotope}</p>")) == ["₆¹⁴C₂"]


def test_a_page_that_a_browser_saved_in_one_file_is_read(tmp_path: Path) -> None:
    headers = (
        'From: <Saved by Blink>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related;\r\n\tboundary="b"\r\n\r\n'
    )
    part = "--b\r\nContent-Type: text/html; charset=gbk\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    html = base64.b64encode(f"<html><body><p>{SIMPLIFIED}</p></body></html>".encode("gbk")).decode()
    path = tmp_path / "page.mhtml"
    path.write_text(f"{headers}{part}{html}\r\n--b--\r\n", newline="")
    assert texts(parse(path, ParseLimits())) == [SIMPLIFIED]


def test_utf8_with_a_few_faults_is_utf8_and_one_that_is_cut_loses_its_last_character_alone() -> None:
    text = f"{SIMPLIFIED} café, 5 µm. " * 20
    faulty = (text + "x").encode() + b"\xff" + text.encode()
    assert decoded(faulty, Path("a.txt")) == f"{text}x\ufffd{text}"
    assert decoded(text.strip().encode() + "睡".encode()[:2], Path("a.txt")) == text.strip()
    assert decoded(text.encode("gb18030", "ignore"), Path("a.txt")) == text


def test_a_picture_of_a_sign_is_the_sign(tmp_path: Path) -> None:
    assert texts(page(tmp_path, '<p>5 <img alt="µ">g of <img alt="A mouse">it</p>')) == ["5 µg of it"]


@pytest.mark.parametrize(
    ("marks", "authors"),
    [
        ([("citation_author", "Centers for Disease Control and Prevention")],
         ("Centers for Disease Control and Prevention",)),
        ([("citation_author", "Roe, Jane"), ("citation_author", "Poe, Eve")], ("Jane Roe", "Eve Poe")),
        ([("author", "Jane Roe, PhD")], ("Jane Roe",)),
        ([("dc.creator", "Jane Roe, Ph.D.")], ("Jane Roe",)),
        ([("citation_author", "Jane Roe, MD"), ("citation_author", "Eve Poe, RN, MPH")], ("Jane Roe", "Eve Poe")),
        ([("article:author", "https://www.facebook.com/jane")], ()),
    ],
)  # fmt: skip
def test_an_author_is_one_name_as_it_is_marked(
    tmp_path: Path, marks: list[tuple[str, str]], authors: tuple[str, ...]
) -> None:
    head = "".join(f'<meta name="{name}" content="{text}">' for name, text in marks)
    assert page(tmp_path, "<p>Text.</p>", head).documents[0][0].authors == authors


@pytest.mark.parametrize(
    "hidden",
    [
        '<script type="math/tex">{}</script>',
        '<img class="tex" alt="{}">',
        '<img alt="${}$">',
    ],
)
@pytest.mark.parametrize(
    "text", ["Drug X cures all patients.", "y = Drug X cures all", "药物甲治愈了所有的病人=", "$5 bill", "x^2 " * 1000]
)
def test_sentences_that_no_reader_sees_are_no_formulas(tmp_path: Path, hidden: str, text: str) -> None:
    assert texts(page(tmp_path, f"<p>It fell {hidden.format(text)} today.</p>")) == ["It fell today."]


@pytest.mark.parametrize("formula", ["x", "n-1", r"\alpha", r"p = \text{the odds}", "mc^2"])
def test_formulas_that_are_written_as_tex_are_read(tmp_path: Path, formula: str) -> None:
    assert texts(page(tmp_path, f'<p>If <script type="math/tex">{formula}</script> is</p>')) == [f"If ${formula}$ is"]
    assert texts(page(tmp_path, f'<p>If <img class="tex" alt="{formula}"> is</p>')) == [f"If {formula} is"]


@pytest.mark.parametrize("charset", ["; charset=utf-8", ""])
def test_styles_that_a_browser_saved_beside_the_page_hide_what_they_hid(tmp_path: Path, charset: str) -> None:
    def part(kind: str, place: str, text: str) -> str:
        return f"--b\r\nContent-Type: {kind}\r\nContent-Location: {place}\r\n\r\n{text}\r\n"

    headers = 'From: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n'
    html = '<html><body><p>Seen.</p><p class="x">Hidden.</p><p class="y">Also seen.</p></body></html>'
    path = tmp_path / "page.mhtml"
    path.write_text(
        headers
        + part(f"text/html{charset}", "https://a.b/", html)
        + part("text/css", "cid:css-1@mhtml.blink", ".x{display:none} .z::after{content:'</style>'}")
        + part("text/css", "https://a.b/print.css", ".y{display:none}")
        + "--b--\r\n",
        newline="",
    )
    assert texts(parse(path, ParseLimits())) == ["Seen.", "Also seen."]


def test_a_long_row_of_letters_is_decoded_in_linear_time() -> None:
    text = b"a" * 60_000 + b" caf\xe9"
    assert decoded(text, Path("a.txt")).endswith("café")


def linked(*values: object) -> str:
    return "".join(f'<script type="application/ld+json">{json.dumps(value)}</script>' for value in values)


JANE = {"@type": "Person", "name": "Jane Roe"}
NATURE = {"@type": ["Periodical", "PublicationVolume"], "name": "Nature", "volumeNumber": "5"}
ARTICLES: dict[str, list[object]] = {
    "an article alone": [
        {"@type": "ScholarlyArticle", "author": [JANE, {"@type": "Person", "familyName": "Poe", "givenName": "Eve"}],
         "datePublished": "2019-04-01", "isPartOf": NATURE, "sameAs": "https://doi.org/10.1234/abc"},
    ],
    "the entity of a page, beside others": [
        {"@type": "BreadcrumbList", "itemListElement": []},
        {"@type": "WebPage", "mainEntity": {
            "@type": "ScholarlyArticle", "author": "Jane Roe, Eve Poe", "datePublished": {"@value": "2019"},
            "isPartOf": {"@type": "PublicationIssue", "isPartOf": {"@type": "PublicationVolume", "isPartOf": NATURE}},
            "identifier": {"@type": "PropertyValue", "propertyID": "doi", "value": "10.1234/abc"},
            "citation": [{"@type": "ScholarlyArticle", "author": "A. Other", "datePublished": "1999"}],
        }},
    ],
    "a graph whose nodes point to each other": [
        {"@graph": [
            {"@type": "Article", "author": "The Site", "datePublished": "2001"},
            {"@type": "schema:ScholarlyArticle", "schema:author": [{"@id": "#a"}, {"@id": "#b", "@type": "Person"}],
             "schema:datePublished": "2019-04", "schema:isPartOf": {"@id": "#n"}, "@id": "doi:10.1234/abc",
             "schema:url": "https://example.org/10.9999/x/full"},
            {"@id": "#a", **JANE}, {"@id": "#b", "@type": "Person", "name": "Poe, Eve"}, {"@id": "#n", **NATURE},
        ]},
    ],
}  # fmt: skip


@pytest.mark.parametrize("values", ARTICLES.values(), ids=ARTICLES)
def test_particulars_are_read_from_linked_data_where_the_marks_have_none(tmp_path: Path, values: list[object]) -> None:
    document = page(tmp_path, f"<p>Text.</p>{linked(*values)}").documents[0][0]
    assert (document.authors, document.year, document.journal) == (("Jane Roe", "Eve Poe"), 2019, "Nature")
    assert document.identifiers == {"doi": "10.1234/abc"}
    marks = '<meta name="citation_author" content="Ann Lee"><meta name="citation_date" content="2020">'
    marked = page(tmp_path, "<p>Text.</p>", marks + linked(*values)).documents[0][0]
    assert (marked.authors, marked.year, marked.journal) == (("Ann Lee",), 2020, "Nature")


@pytest.mark.parametrize(
    "source",
    [
        "{not json",
        "[" * 100_000,
        '{"@type": "Article", "author": [null, 5, {"@type": "Person"}], "datePublished": [], "isPartOf": "x"}',
        '{"@type": "ScholarlyArticle", "@id": "#a", "author": {"@id": "#a"}, "isPartOf": {"@id": "#a"}}',
        '{"@type": "Product", "name": "A book", "author": "Jane Roe"}',
    ],
)
def test_linked_data_that_tells_no_article_costs_nothing(tmp_path: Path, source: str) -> None:
    result = page(tmp_path, "<p>Text.</p>", f'<script type="application/ld+json">{source}</script>')
    document = result.documents[0][0]
    assert texts(result) == ["Text."]
    assert (document.authors, document.year, document.journal, document.identifiers) == ((), None, None, {})
