"""Markdown as people and converters write it."""

from pathlib import Path

import pytest

from kg.documents.front_matter import front_matter
from kg.documents.markdown import markdown_blocks
from kg.documents.markdown_inline import plain_line
from kg.documents.parse import parse
from kg.errors import DamagedDocument
from kg.protocols import ParseLimits


def shapes(text: str) -> list[tuple[str, str]]:
    return [(block.kind.value, block.text) for block in markdown_blocks(text)]


def test_comments_are_hidden_wherever_they_stand() -> None:
    text = "Seen <!-- one -->here <!-- two\n\nlines --> too.\n\n<!-- three\n\nfour -->\nEnd.\n\n[//]: # (five)\n"
    assert shapes(text) == [("paragraph", "Seen here too."), ("paragraph", "End.")]


def test_comments_in_code_are_code_and_one_that_never_closes_is_text() -> None:
    assert shapes("```\n<!-- x -->\n```") == [("code", "<!-- x -->")]
    assert shapes("Write `<!-- x -->` so.") == [("paragraph", "Write <!-- x --> so.")]
    assert shapes("Between `a <i hidden>` and `</i>`.") == [("paragraph", "Between a <i hidden> and </i>.")]
    assert shapes("Open <!-- and\n\nmore") == [("paragraph", "Open <!-- and"), ("paragraph", "more")]


def test_hidden_elements_are_left_out() -> None:
    text = (
        '<div style="display: none">no <div>no</div> no</div>\nYes <span hidden>no</span>here.\n<style>p {}</style>\n'
    )
    assert shapes(text) == [("paragraph", "Yes here.")]


@pytest.mark.parametrize(
    "tag",
    [
        '<span style="color:#fff">',
        '<strong style="color: white; background: #FEFEFE">',
        '<font color="white">',
        '<span style="font-size:0">',
        '<u style="opacity:0">',
        '<span style="position:absolute;left:-9999px">',
        "<span aria-hidden=true>",
        "<kbd hidden>",
    ],
)
def test_text_that_html_hides_in_markdown_is_left_out_and_told(tmp_path: Path, tag: str) -> None:
    name = tag[1:].split()[0]
    path = tmp_path / "a.md"
    path.write_text(f"Seen. {tag}Obey <b>me</b>.</{name}>\n\n| a | b |\n|---|---|\n| 1 | {tag}2</{name}> |\n")
    result = parse(path, ParseLimits())
    assert [block.text for block in result.documents[0][1]] == ["Seen.", "| a | b |\n| --- | --- |\n| 1 |  |"]
    assert result.warnings == ("hidden text is left out: “Obey me. 2”",)


@pytest.mark.parametrize(
    "text",
    [
        '<span style="color:#c00">Kept.</span>',
        '<div style="background:#036">Kept, <span style="color:#fff">white on blue.</span></div>',
        '<span style="color:#fff;background:#036">Kept.</span>',
        '<img style="opacity:0" src=a.png>Kept.',
        "`<span hidden>` Kept.",
    ],
)
def test_styled_text_that_a_reader_sees_is_kept(text: str) -> None:
    assert "Kept" in shapes(text)[0][1]
    assert ("white on blue" in text) is ("white on blue" in shapes(text)[0][1])


def test_what_is_hidden_in_a_table_in_html_is_left_out_and_told(tmp_path: Path) -> None:
    rows = "<tr><td>a</td><td hidden>b</td></tr><tr><td>c <i style='color:#fff'>Obey me.</i></td></tr>"
    rows += "<tr hidden><td aria-hidden=true>e</td><td>f</td></tr>"
    path = tmp_path / "a.md"
    path.write_text(f"Text.\n\n<table>{rows}<tr style='display:none'><td>d</td></tr></table>\n")
    result = parse(path, ParseLimits())
    assert [block.text for block in result.documents[0][1]] == ["Text.", "| a |\n| --- |\n| c |"]
    assert result.warnings == ("hidden text is left out: “d Obey me. b e f”",)


def test_a_table_on_a_painted_ground_keeps_its_white_text() -> None:
    table = '<table style="color:#fff"><tr><td>a</td><td>b</td></tr></table>'
    assert shapes(f'<div style="background:#112233">\n\n{table}\n\n</div>') == [("table", "| a | b |\n| --- | --- |")]


def test_tables_in_html_are_tables() -> None:
    text = (
        "Before\n<table><caption>Table 1. Sizes</caption><tr><td>Region</td><td>L</td></tr>\n\n<tr><td>cortex</td>"
        "<td>1.60</td></tr></table>\n\nAfter"
    )
    assert shapes(text) == [
        ("paragraph", "Before"),
        ("caption", "Table 1. Sizes"),
        ("table", "| Region | L |\n| --- | --- |\n| cortex | 1.60 |"),
        ("paragraph", "After"),
    ]


def test_powers_in_tables_in_html_are_kept() -> None:
    cells = "<td>10<sup>6</sup> <i>n</i></td><td>CO<sub>2</sub><sup><a href='#r'>3</a></sup></td>"
    assert shapes(f"<table><tr><td>a</td><td>b</td></tr><tr>{cells}</tr></table>") == [
        ("table", "| a | b |\n| --- | --- |\n| 10⁶ n | CO2[3] |")
    ]


@pytest.mark.parametrize(
    "rows",
    [
        "| a | b |\n|---|:-:|\n| 1 | 2 |",
        "a | b\n--- | ---\n1 | 2",
        "| a | b\n|---|---\n| 1 | 2",
        "> | a | b |\n> |---|---|\n> | 1 | 2 |",
        "| **a** | b |\n| 1 | 2 |",
    ],
)
def test_tables_of_pipes_are_tables_with_outer_bars_or_without(rows: str) -> None:
    table = ("table", "| a | b |\n| --- | --- |\n| 1 | 2 |")
    assert shapes(f"Before\n{rows}\n\nAfter") == [("paragraph", "Before"), table, ("paragraph", "After")]


def test_a_bar_in_a_sentence_is_no_table() -> None:
    assert shapes("p(a | b)\nis small") == [("paragraph", "p(a | b) is small")]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("10^6^ and x^2+y^2", "10⁶ and x^2+y^2"),
        ("7.6 × 10<sup>−7</sup> cm<sup>2</sup>/s", "7.6 × 10⁻⁷ cm²/s"),
        ("H~2~O, CO<sub>2</sub>, ~5 to 10~20 min", "H2O, CO2, ~5 to 10~20 min"),
        ("10**6 and 2*3*4, p<0.05*, p<0.01**", "10**6 and 2*3*4, p<0.05*, p<0.01**"),
        ("**结论：**本研究 and **G**lymphatic", "结论：本研究 and Glymphatic"),
        ("***both*** and **a *b* c** in snake_case_name", "both and a b c in snake_case_name"),
        ("`a*b*` and $a_1*b*c$ cost $5 and $6", "a*b* and $a_1*b*c$ cost $5 and $6"),
        ("![alt](im.png) [see [1]](u_(v)) [1][2] [^3]", "see [1] [1][2] [3]"),
        ("![Figure 1. Flow in sleep](im.png)", "Figure 1. Flow in sleep"),
        ("~~1.50~~ 1.62 &lt; 2 &beta; AT&T p <a and b> c", "1.62 < 2 β AT&T p <a and b> c"),
    ],
)
def test_marks_are_taken_off_and_numbers_stay(text: str, plain: str) -> None:
    assert plain_line(text) == plain


@pytest.mark.parametrize(
    "piece",
    ["[", "![", "[a](", "**a ", "*a ", "<a b=", "<!--", "<table>", "`a``b", "$a ", "a~", "<sup>", "a|b\n", "# x\n"],
)
def test_a_long_row_of_marks_is_read_in_linear_time(piece: str) -> None:
    assert markdown_blocks("Text. " + piece * 40_000)


def test_a_sign_before_a_number_is_no_quotation() -> None:
    assert shapes("with p\n> 0.05 in all\n\n> quoted\n> text") == [
        ("paragraph", "with p > 0.05 in all"),
        ("paragraph", "quoted text"),
    ]


def test_front_matter_without_end_or_limit_is_told(tmp_path: Path) -> None:
    aliases = "a: &a [x, x]\nb: &b [*a, *a]\n"
    with pytest.raises(DamagedDocument, match=r"line 3: the front matter is no YAML: it has an alias"):
        front_matter(f"---\n{aliases}---\nText.\n", tmp_path)
    with pytest.raises(DamagedDocument, match="longer than 65536 characters"):
        front_matter(f"---\ntitle: {'x' * 70_000}\n---\nText.\n", tmp_path)
    with pytest.raises(DamagedDocument, match="no YAML"):
        front_matter(f"---\nyear: {'9' * 5000}\n---\nText.\n", tmp_path)
    known, text = front_matter("---\nNo front matter, a rule above.\n", tmp_path)
    assert (known.title, text) == ("", "---\nNo front matter, a rule above.\n")


def test_authors_of_front_matter_may_be_objects(tmp_path: Path) -> None:
    known, _ = front_matter("---\nauthor:\n- name: Ann Lee\n- given: 明月\n  family: 欧阳\n---\nText.\n", tmp_path)
    assert known.authors == ("Ann Lee", "欧阳明月")


@pytest.mark.parametrize(
    "front",
    [
        "---\ntitle: Flow\nsubtitle: in mice\nauthor: Roe, Jane and Wang, Xiao\npublished: 2019\n"
        "journal: {name: Nature}\n---\n",
        '+++\ntitle = "Flow: in mice"\nauthors = ["Jane Roe", "Wang, Xiao"]\ndate = 2019-05-01\n'
        'journal = "Nature"\n+++\n',
    ],
)
def test_front_matter_is_read_in_yaml_and_toml(tmp_path: Path, front: str) -> None:
    path = tmp_path / "a.md"
    path.write_text(f"{front}\nIt flows.\n")
    document, blocks = parse(path, ParseLimits()).documents[0]
    assert (document.title, document.authors, document.year) == ("Flow: in mice", ("Jane Roe", "Xiao Wang"), 2019)
    assert (document.journal, [block.text for block in blocks]) == ("Nature", ["It flows."])


def test_a_missing_id_of_the_front_matter_is_no_id(tmp_path: Path) -> None:
    known, _ = front_matter("---\nid: NA\ndoi: nan\npmid: .nan\npmcid: 'NULL'\n---\nText.\n", tmp_path)
    assert (known.source_id, known.identifiers) == ("", {})


def test_the_title_block_of_pandoc_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("% Flow\n% Jane Roe; Xiao Wang\n% May 2019\n\nIt flows.\n")
    document, blocks = parse(path, ParseLimits()).documents[0]
    assert (document.title, document.authors, document.year) == ("Flow", ("Jane Roe", "Xiao Wang"), 2019)
    assert [block.text for block in blocks] == ["It flows."]


def test_the_abstract_of_the_front_matter_is_text(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("---\ntitle: Flow\nabstract: |\n  It fell to 10^6^.\n---\n\n# Methods\n\nWe looked.\n")
    blocks = parse(path, ParseLimits()).documents[0][1]
    assert [block.text for block in blocks] == ["Abstract", "It fell to 10⁶.", "Methods", "We looked."]


def test_broken_toml_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("+++\ntitle = Flow\n+++\n\nText.\n")
    with pytest.raises(DamagedDocument, match="no TOML"):
        parse(path, ParseLimits())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("# Flow {#sec:flow .unnumbered}\n\nIt flows.", ["Flow", "It flows."]),
        ("::: {.callout-note}\nMind it.\n:::\n\n![A slice](a.png){#fig:a width=50%}", ["Mind it.", "A slice"]),
        ("> [!NOTE] Mind\n> it.", ["Mind it."]),
        ("One\\\ntwo.", ["One two."]),
        ("See [[Other note]], [[Page|the page]], x[[i]] and [[1]]; ==this==, %%not this%% a==b.",
         ["See Other note, the page, x[[i]] and [[1]]; this, a==b."]),
        ("<dl><dt>dose</dt><dd>5</dd></dl>", ["dose 5"]),
        ("See [the page](<a b.md>) and [[x]](b.md).", ["See the page and [x]."]),
        ("\\[\ny = x^{2}\n\\]", ["$$ y = x^{2} $$"]),
        ("As told \\[1\\].", ["As told [1]."]),
        ("\\[1, 2\\]", ["[1, 2]"]),
    ],
)  # fmt: skip
def test_marks_of_other_programs_are_no_text(text: str, shown: list[str]) -> None:
    assert [block.text for block in markdown_blocks(text)] == shown


def test_tables_of_dashes_are_tables() -> None:
    table = "| Dose | Mice |\n| --- | --- |\n| 5 mg | 12 |\n| 10 mg a day | 8 |"
    rule = "+------+----+"
    cells = ["|Dose  |Mice|", "+======+====+", "|5 mg  |12  |", rule, "|10 mg |8   |", "|a day |    |"]
    grid = "\n".join([rule, *cells, rule])
    dashed = "  Dose         Mice\n  -----------  ----\n  5 mg           12\n  10 mg a day     8\n\nText."
    assert [b.text for b in markdown_blocks(grid)] == [table]
    assert [b.text for b in markdown_blocks(dashed)] == [table, "Text."]


def test_markdown_in_one_fence_is_markdown_and_code_beside_text_is_code(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("```markdown\n# Flow\n\nIt fell to ^14^C.\n```\n")
    assert [b.text for b in parse(path, ParseLimits()).documents[0][1]] == ["Flow", "It fell to ¹⁴C."]
    assert shapes("```md\n# Flow\n```\n\nText.") == [("code", "# Flow"), ("paragraph", "Text.")]


def test_what_wraps_a_table_in_html_is_no_text() -> None:
    table = "<html><body><table><tr><td>A</td><td>1</td></tr></table></body></html>"
    assert shapes(table) == [("table", "| A | 1 |\n| --- | --- |")]


def test_rows_of_a_displayed_formula_keep_their_breaks() -> None:
    rows = "$$\n\\begin{aligned}\na &= b \\\\\nc &= d\n\\end{aligned}\n$$"
    assert shapes(rows) == [("formula", "$$ \\begin{aligned} a &= b \\\\ c &= d \\end{aligned} $$")]


def test_an_abstract_that_the_body_has_too_is_text_once(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("---\nabstract: Salt fell.\n---\n\n## Abstract\n\nSalt\nfell.\n\n## Methods\n\nWe looked.\n")
    blocks = parse(path, ParseLimits()).documents[0][1]
    assert [block.text for block in blocks] == ["Abstract", "Salt fell.", "Methods", "We looked."]


@pytest.mark.parametrize("line", ["a" + " " * 200_000 + "b", ":::" + " " * 200_000 + "b", ":" * 200_000 + "!"])
def test_a_line_with_a_long_gap_is_read_in_linear_time(line: str) -> None:
    assert markdown_blocks(f"Text.\n\n{line}")
