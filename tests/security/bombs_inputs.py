"""Files that cost far more than their size: few bytes that unpack, nest, repeat or backtrack."""

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from tests.security.bombs_archives import (
    PLAIN_PAGE,
    deflated_gigabyte,
    docx,
    doubling_forms,
    gigabyte_docx,
    lying_docx,
    many_pages,
    nested_zip,
    overlapping_docx,
    pages,
    paragraph,
    pdf,
    picture_page,
    shown,
    stream,
    zipped,
)

MOST_BYTES = 20 * 2**20
"""The largest of the files; most have less than 2 MB."""


@dataclass(frozen=True, slots=True)
class Bomb:
    """A file by its name, and what makes its bytes, the same ones each time."""

    name: str
    content: Callable[[], bytes]


def _text(text: Callable[[], str]) -> Callable[[], bytes]:
    return lambda: text().encode()


def _row(part: str, size: int, before: str = "# T\n\n", after: str = "") -> Callable[[], bytes]:
    """One row of the part, again and again, ``size`` bytes long, after and before what opens and ends the file."""
    return lambda: (before + part * (size // len(part.encode())) + after).encode()


def _laughs(levels: int, width: int, before: str, after: str) -> str:
    """A text of entities, each of which is many of the one before."""
    told = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * width}">' for n in range(1, levels))
    return f'<?xml version="1.0"?><!DOCTYPE article [<!ENTITY e0 "ha">{told}]>{before}&e{levels - 1};{after}'


def _article(body: str) -> str:
    title = "<article-title>T</article-title>"
    front = f"<front><article-meta><title-group>{title}</title-group></article-meta></front>"
    return f"<article>{front}<body>{body}</body></article>"


def _page(body: str, head: str = "") -> str:
    return f"<!DOCTYPE html><html><head><title>T</title>{head}</head><body>{body}</body></html>"


def _declared(entity: str, text: str) -> str:
    """An article whose entity ``a`` is declared so, with the text in its only paragraph."""
    return f'<?xml version="1.0"?><!DOCTYPE article [<!ENTITY a {entity}>]>{_article(f"<p>{text}</p>")}'


def _attributes(count: int) -> str:
    return "".join(f' a{n}="x"' for n in range(count))


def _wide_row() -> str:
    return f"<w:tr>{_cell('x', 63) * 63}</w:tr>"


def _cell(text: str, span: int) -> str:
    return f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>{paragraph(text)}</w:tc>'


def _lines(records: int, extra: str = "") -> str:
    return "".join(f'{{"paper_id": "P{n}", "title": "T{n}", "abstract": "a{n}"{extra}}}\n' for n in range(records))


def _styles(count: int, *, loop: bool) -> str:
    based = [n + 1 if n + 1 < count else 0 if loop else n for n in range(count)]
    return "".join(
        f'<w:style w:type="paragraph" w:styleId="s{n}"><w:name w:val="n{n}"/><w:basedOn w:val="s{next_}"/></w:style>'
        for n, next_ in enumerate(based)
    )


_ALIASES = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
_SCRIPT = "<script>x</script>"
_TEX = "\\documentclass{article}\n\\begin{document}\n"


ARCHIVES = (
    Bomb("zip-1-gb.docx", gigabyte_docx),
    Bomb("zip-nested.docx", lambda: nested_zip(4, 10)),
    Bomb("zip-nested.epub", lambda: zipped({"mimetype": b"application/epub+zip", "OEBPS/a.zip": nested_zip(3, 10)})),
    Bomb("zip-nested-inside.docx", lambda: docx(paragraph("ha"), more={"word/embeddings/a.zip": nested_zip(3, 10)})),
    Bomb("zip-tells-less.docx", lambda: lying_docx(1000, 60_000_000)),
    Bomb("zip-tells-more.docx", lambda: lying_docx(4_000_000_000, 1000)),
    Bomb("zip-overlapping.docx", lambda: overlapping_docx(2000)),
    Bomb("zip-many-parts.docx", lambda: docx(paragraph(), more={f"word/{n}.xml": b"" for n in range(60_000)})),
    Bomb("word-empty-paragraphs.docx", lambda: docx("<w:p/>" * 930_000)),
    Bomb("word-paragraphs.docx", lambda: docx(paragraph() * 930_000)),
    Bomb("word-one-paragraph.docx", lambda: docx(paragraph("word " * 1_900_000))),
    Bomb("word-runs.docx", lambda: docx(f"<w:p>{'<w:r><w:t>x</w:t></w:r>' * 900_000}</w:p>")),
    Bomb("word-wide-cell.docx", lambda: docx(f"<w:tbl><w:tr>{_cell('x', 999_999_999)}{_cell('y', 1)}</w:tr></w:tbl>")),
    Bomb("word-wide-cells.docx", lambda: docx(f"<w:tbl>{_wide_row() * 2000}</w:tbl>")),
    Bomb("word-deep-tables.docx", lambda: docx("<w:tbl><w:tr><w:tc>" * 50_000 + "</w:tc></w:tr></w:tbl>" * 50_000)),
    Bomb("word-deep-equation.docx", lambda: docx(f"<w:p>{'<m:e>' * 200_000}{'</m:e>' * 200_000}</w:p>")),
    Bomb("word-styles-loop.docx", lambda: docx(paragraph() * 9000, styles=_styles(9000, loop=True))),
    Bomb("word-notes.docx", lambda: docx(
        "<w:p>" + '<w:r><w:footnoteReference w:id="1"/></w:r>' * 200_000 + "</w:p>",
        notes='<w:footnote w:id="1">' + paragraph("y" * 1000) + "</w:footnote>",
    )),
    Bomb("word-entities.docx", lambda: docx(
        paragraph("&e29;"), head=_laughs(30, 2, "", "").partition("?>")[2].removesuffix("&e29;")
    )),
)  # fmt: skip

MARKUP = (
    Bomb("xml-laughs.xml", _text(lambda: _laughs(12, 10, "<article><body><p>", "</p></body></article>"))),
    Bomb("xml-quadratic.xml", _text(lambda: _declared('"' + "a" * 100_000 + '"', "&a;" * 100_000))),
    Bomb("xml-endless-entity.xml", _text(lambda: _declared('SYSTEM "file:///dev/zero"', "&a;"))),
    Bomb("xml-deep.xml", _text(lambda: _article("<p>" * 300_000 + "</p>" * 300_000))),
    Bomb("xml-deep-sections.xml", _text(lambda: _article("<sec><title>t</title>" * 240 + "<p>x</p>" + "</sec>" * 240))),
    Bomb("xml-attributes.xml", _text(lambda: _article(f"<p{_attributes(100_000)}>x</p>"))),
    Bomb("xml-paragraphs.xml", _text(lambda: _article("<p>x</p>" * 300_000))),
    Bomb("xml-wide-cells.xml", _text(lambda: _article(
        "<table-wrap><table>" + '<tr><td colspan="999" rowspan="60000">x</td></tr>' * 999 + "</table></table-wrap>"))),
    Bomb("xml-references.xml", _text(lambda: _article('<p>x<xref ref-type="bibr" rid="r">1</xref></p>' * 50_000))),
    Bomb("xml-formula.xml", _text(lambda: _article(f"<p><math>{'<mrow>' * 200_000}{'</mrow>' * 200_000}</math></p>"))),
    Bomb("html-divs.html", _text(lambda: _page("<div>" * 1_000_000))),
    Bomb("html-closed-divs.html", _text(lambda: _page("<div>x</div>" * 200_000))),
    Bomb("html-bold.html", _text(lambda: _page("<b>" * 1_000_000))),
    Bomb("html-unclosed.html", _text(lambda: _page("<p><b><i><u><a href=x>x" * 40_000))),
    Bomb("html-fonts.html", _text(lambda: _page("".join(f"<font size={n}><p>" for n in range(30_000))))),
    Bomb("html-tables.html", _text(lambda: _page("<table><tr><td>" * 100_000))),
    Bomb("html-wide-cells.html", _text(lambda: _page(f"<table>{'<tr><td colspan=1000 rowspan=65534>x' * 1000}"))),
    Bomb("html-row.html", _text(lambda: _page(f"<table><tr>{'<td>x' * 300_000}"))),
    Bomb("html-empty-paragraphs.html", _text(lambda: _page("<p></p>" * 1_200_000))),
    Bomb("html-paragraphs.html", _text(lambda: _page("<p>x</p>" * 1_200_000))),
    Bomb("html-style-rules.html", _text(lambda: _page(
        "".join(f"<p class=c{n}>x</p>" for n in range(20_000)),
        f"<style>{''.join(f'.c{n} p, div.c{n} > .d ~ p {{display:none}}' for n in range(20_000))}</style>"))),
    Bomb("html-style-attributes.html", _text(lambda: _page('<p style="color:#fff;background:#fff">x</p>' * 50_000))),
    Bomb("html-deep-selector.html", _text(lambda: _page(
        "<div>" * 400 + "x", f"<style>{'div ' * 3000 + 'p'}{{display:none}}{':not(' * 3000}</style>"))),
    Bomb("html-formula.html", _text(lambda: _page(f"<math>{'<msup><mi>x</mi>' * 200_000}"))),
    Bomb("html-marks.html", _text(lambda: _page("x&amp;&#x301;" * 150_000))),
    Bomb("html-comments.html", _text(lambda: _page("<!--" * 1_000_000))),
    Bomb("html-scripts.html", _text(lambda: _page(_SCRIPT * 100_000))),
    Bomb("html-picture.html", _text(lambda: _page(f'x<img src="data:image/png;base64,{"A" * 15_000_000}">'))),
)  # fmt: skip

TEXTS = (
    Bomb("md-brackets.md", _row("[", 1_000_000)),
    Bomb("md-pictures.md", _row("![", 1_000_000)),
    Bomb("md-links.md", _row("[a](", 1_000_000)),
    Bomb("md-bold.md", _row("**a ", 1_000_000)),
    Bomb("md-italic.md", _row("*a ", 1_000_000)),
    Bomb("md-under.md", _row("_a ", 1_000_000)),
    Bomb("md-code.md", _text(lambda: "# T\n\n" + "".join("`" * n + " " for n in range(1, 1500)))),
    Bomb("md-tags.md", _row("<a ", 1_000_000)),
    Bomb("md-comments.md", _row("<!-- ", 1_000_000)),
    Bomb("md-dollars.md", _row("$a ", 1_000_000)),
    Bomb("md-notes.md", _row("[^1] ", 1_000_000)),
    Bomb("md-quotes.md", _row(">", 1_000_000)),
    Bomb("md-lists.md", _text(lambda: "# T\n\n" + "\n".join("  " * n + "- x" for n in range(1500)))),
    Bomb("md-headings.md", _row("# x\n", 1_200_000)),
    Bomb("md-row.md", _text(lambda: "# T\n\n| " + "x | " * 500_000 + "\n| - |\n")),
    Bomb("md-rows.md", _row("| x |\n", 2_400_000, "# T\n\n| a |\n| - |\n")),
    Bomb("md-aliases.md", _text(lambda: f"---\n{_ALIASES}---\n# T\n\nx\n")),
    Bomb("md-deep-front.md", _text(lambda: f"---\na: {'[' * 60_000}\n---\n# T\n\nx\n")),
    Bomb("md-front.md", _text(lambda: "---\n" + "".join(f"k{n}: {{a: [1, 2]}}\n" for n in range(3000)) + "---\nx\n")),
    Bomb("txt-paragraph.txt", _row("word ", 20_000_000, "")),
    Bomb("txt-chinese.txt", _row("间隙", 3_000_000, "")),
    Bomb("txt-empty-paragraphs.txt", _row("\n\n", 2_400_000, "x")),
    Bomb("txt-paragraphs.txt", _row("x\n\n", 3_600_000, "")),
    Bomb("txt-lines.txt", _row("A plain line of a text without a blank\n", 7_000_000, "")),
    Bomb("txt-letters.txt", _row("x", 5_000_000, "")),
    Bomb("txt-digits.txt", _row("1", 5_000_000, "")),
    Bomb("txt-stops.txt", _row(". ", 5_000_000, "")),
    Bomb("txt-accents.txt", _row("\u0301\u0302", 4_000_000, "x")),
    Bomb("txt-unseen.txt", _row("\u200b\u202e", 6_000_000, "x")),
    Bomb("tex-braces.tex", _text(lambda: f"{_TEX}{'{' * 900_000}")),
    Bomb("tex-macros.tex", _text(lambda: "".join(
        f"\\newcommand{{\\m{chr(98 + n)}}}{{\\m{chr(97 + n)}\\m{chr(97 + n)}}}" for n in range(24)
    ) + f"\\newcommand{{\\ma}}{{ha}}{_TEX}\\my")),
    Bomb("tex-begins.tex", _text(lambda: _TEX + "\\begin{a}" * 200_000)),
    Bomb("tex-dollars.tex", _text(lambda: _TEX + "$a " * 600_000)),
)  # fmt: skip

RECORDS = (
    Bomb("json-long-number.jsonl", _text(lambda: _lines(3) + f'{{"paper_id": "N", "year": {"9" * 5000}}}\n')),
    Bomb("json-long-line.jsonl", _row("word ", 20_000_000, _lines(1) + '{"paper_id": "L", "abstract": "', '"}')),
    Bomb("json-deep.json", _text(lambda: "[" * 1_000_000)),
    Bomb("json-deep-record.jsonl", _text(lambda: _lines(1, ', "a": ' + '{"a":' * 500_000 + "1" + "}" * 500_000))),
    Bomb("json-records.jsonl", _text(lambda: _lines(200_000))),
    Bomb("json-nothings.json", _text(lambda: f"[{'{},' * 1_000_000}{{}}]")),
    Bomb("json-keys.json", _text(lambda: json.dumps({"abstract": "x", **{f"k{n}": n for n in range(100_000)}}))),
    Bomb("ris-field.ris", _text(lambda: f"TY  - JOUR\nTI  - T\nAB  - {'word ' * 1_000_000}\nER  - \n")),
    Bomb("ris-authors.ris", _text(lambda: "TY  - JOUR\nTI  - T\nAB  - x\n" + "AU  - A, B\n" * 400_000)),
)  # fmt: skip

_SELF = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /N 6 0 R >> >>"
_FLATE = b"/Filter /FlateDecode"

PDFS = (
    Bomb("pdf-loop-of-pages.pdf", lambda: pdf(
        pages(stream(PLAIN_PAGE)) | {2: b"<< /Type /Pages /Kids [2 0 R 3 0 R] /Count 2 >>"})),
    Bomb("pdf-count.pdf", lambda: pdf(
        pages(stream(PLAIN_PAGE)) | {2: b"<< /Type /Pages /Kids [3 0 R] /Count 2147483647 >>"})),
    Bomb("pdf-many-pages.pdf", lambda: many_pages(20_000)),
    Bomb("pdf-pages-of-one.pdf", lambda: many_pages(1900)),
    Bomb("pdf-loop-of-tables.pdf", lambda: pdf(pages(stream(PLAIN_PAGE)), trailer=b"/Prev 9")),
    Bomb("pdf-stream.pdf", lambda: pdf(pages(stream(deflated_gigabyte(), _FLATE)))),
    Bomb("pdf-stream-twice.pdf", lambda: pdf(pages(stream(
        zlib.compress(deflated_gigabyte(), 9), b"/Filter [/FlateDecode /FlateDecode]")))),
    Bomb("pdf-form-of-itself.pdf", lambda: pdf(
        pages(stream(b"/N Do"), entries=b"/XObject << /N 6 0 R >>", o6=stream(b"/N Do", _SELF)))),
    Bomb("pdf-forms.pdf", lambda: doubling_forms(30)),
    Bomb("pdf-box.pdf", lambda: pdf(pages(stream(PLAIN_PAGE), box=b"0 0 2000000000 2000000000"))),
    Bomb("pdf-picture.pdf", lambda: picture_page(60_000, 60_000)),
    Bomb("pdf-words.pdf", lambda: pdf(pages(stream(zlib.compress(shown(b"ha") * 1_000_000), _FLATE)))),
    Bomb("pdf-lines.pdf", lambda: pdf(pages(stream(zlib.compress(b"0 0 m 9 9 l S\n" * 2_000_000), _FLATE)))),
    Bomb("pdf-deep.pdf", lambda: pdf(pages(stream(PLAIN_PAGE), o6=b"[" * 1_000_000 + b"]" * 1_000_000))),
    Bomb("pdf-operands.pdf", lambda: pdf(pages(stream(PLAIN_PAGE + b"[" * 1_000_000)))),
)  # fmt: skip

BOMBS = (*ARCHIVES, *MARKUP, *TEXTS, *RECORDS, *PDFS)
