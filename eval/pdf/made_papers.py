"""Open papers set as PDF from their JATS in the manner of four kinds of publisher."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import islice
from pathlib import Path
from typing import Any

from eval.scale.papers import plos_articles
from kg.documents.jats.parser import JatsParser
from kg.domain import BlockKind, Document
from kg.protocols import ParseLimits

_LONGEST_AUTHORS = 40


@dataclass(frozen=True, slots=True)
class Layout:
    """How a paper is set.

    ``head`` are the first lines (text, size, bold, alignment), ``edges`` those outside the text by their height, on the
    first page or on ``every`` one. The text has so many columns; its lines may be ``numbered``.
    """

    head: Sequence[tuple[str, float, bool, int]]
    edges: Sequence[tuple[int, str]]
    every: bool = False
    columns: int = 2
    numbered: bool = False


def made(data: Path, folder: Path, count: int = 20) -> list[tuple[Path, Document]]:
    """Papers as PDF files in a folder, the same bytes every time, with the metadata that their first pages tell."""
    files = []
    for number, (name, document, paragraphs) in enumerate(islice(_papers(data, folder, count), count)):
        path, manner = folder / f"{name}.pdf", _MANNERS[number % len(_MANNERS)]
        _set(path, manner(document), paragraphs)
        files.append((path, replace(document, journal=None) if manner is _preprint else document))
    return files


def _papers(data: Path, folder: Path, count: int) -> Iterator[tuple[str, Document, Sequence[str]]]:
    """Every so many-th article that tells title, authors, year, journal and DOI, with its first paragraphs."""
    articles = list(plos_articles(data))
    for name, text in articles[:: max(1, len(articles) // (2 * count))]:
        path = folder / name
        path.write_text(text, "utf-8")
        document, blocks = JatsParser().parse(path, ParseLimits()).documents[0]
        path.unlink()
        paragraphs = [b.text for b in blocks if b.kind is BlockKind.PARAGRAPH and len(b.text) > 200][:14]
        told = document.authors and document.year and document.journal and document.identifiers.get("doi")
        if told and len(document.authors) <= _LONGEST_AUTHORS and len(paragraphs) > 5:
            yield path.stem, document, paragraphs


def _set(path: Path, layout: Layout, paragraphs: Sequence[str]) -> None:
    """The head over the whole width, then the paragraphs in columns."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

    width, height = A4

    def style(size: float, bold: bool, align: int) -> ParagraphStyle:
        font = "Times-Bold" if bold else "Times-Roman"
        return ParagraphStyle("s", fontName=font, fontSize=size, leading=size * 1.3, alignment=align, spaceAfter=6)

    front = [Paragraph(text, style(size, bold, align)) for text, size, bold, align in layout.head]
    tall = sum(part.wrap(width - 110, height)[1] + 6 for part in front)

    def furniture(canvas: Any, document: Any) -> None:
        canvas.setFont("Helvetica", 7.5)
        if document.page == 1 or layout.every:
            for y, text in layout.edges:
                canvas.drawString(55, y, text)
        if document.page == 1:
            y = height - 60.0
            for part in front:
                part.drawOn(canvas, 55, y - part.height)
                y -= part.height + 6
        for line in range(44 if layout.numbered else 0):
            canvas.drawRightString(44, height - 66 - 16 * line, str(line + 1 + 44 * (document.page - 1)))
        canvas.drawCentredString(width / 2, 24, str(document.page))

    def page(name: str, top: float, later: str | None = None) -> PageTemplate:
        wide = (width - 110 - 16 * (layout.columns - 1)) / layout.columns
        starts = (55 + n * (wide + 16) for n in range(layout.columns))
        frames = [Frame(x, 50, wide, height - top - 50, 0, 0, 0, 0) for x in starts]
        return PageTemplate(name, frames, onPage=furniture, autoNextPageTemplate=later)

    setting = BaseDocTemplate(str(path), pagesize=A4, invariant=1)
    setting.addPageTemplates([page("first", 70 + tall, "later"), page("later", 60)])
    leading = 16 if layout.numbered else 12.5
    body = ParagraphStyle("b", fontName="Times-Roman", fontSize=9.5, leading=leading, spaceAfter=4, alignment=4)
    heading = ParagraphStyle("h", fontName="Times-Bold", fontSize=11, leading=16)
    abstract, *rest = (Paragraph(escape(text), body) for text in paragraphs)
    setting.build([Paragraph("Abstract", heading), abstract, Paragraph("Introduction", heading), *rest])


def _marked(document: Document, mark: Callable[[int], str]) -> str:
    return ", ".join(f"{escape(name)}<super>{mark(n)}</super>" for n, name in enumerate(document.authors))


def _plain(document: Document) -> Layout:
    north = "<b>1</b> Department of Neurology, University of the North, Oslo, Norway, <b>2</b> Brain Institute"
    head = [
        ("RESEARCH ARTICLE", 8, False, 0),
        (escape(document.title), 18, True, 0),
        (_marked(document, lambda n: "1" if n else "1,2*"), 10, True, 0),
        (north, 7.5, False, 0),
        ("* someone@example.org", 7.5, False, 0),
    ]
    line = f"{document.journal} | https://doi.org/{document.identifiers['doi']}    March 29, {document.year}"
    return Layout(head, [(36, line)], every=True, columns=1)


def _centred(document: Document) -> Layout:
    before = (document.year or 0) - 1
    head = [
        (escape(document.title), 15, False, 1),
        (_marked(document, lambda n: "abc"[n % 3] + (",*" if not n else "")), 12, False, 1),
        ("<super>a</super><i>Department of Physiology, University of the South, Lima, Peru</i>", 8, False, 1),
        (f"Received 3 May {before}; accepted 14 December {before}", 8, False, 1),
    ]
    edges = [
        (805, f"{document.journal} 12 ({document.year}) 253–265"),
        (46, f"0022-1694/$ - see front matter © {document.year} The Authors. All rights reserved."),
        (36, f"doi:{document.identifiers['doi']}"),
    ]
    return Layout(head, edges)


def _authors_first(document: Document) -> Layout:
    head = [
        ("ORIGINAL PAPER", 9, False, 0),
        (" · ".join(map(escape, document.authors)), 10, True, 0),
        (escape(document.title), 16, True, 0),
        (f"Received: 26 May {(document.year or 0) - 1} / Accepted: 23 July {document.year}", 8, False, 0),
    ]
    edges = [
        (812, f"{document.journal} ({document.year}) 71:107–116"),
        (802, f"DOI {document.identifiers['doi']}"),
    ]
    return Layout(head, edges)


def _preprint(document: Document) -> Layout:
    *others, last = map(escape, document.authors)
    names = f"{', '.join(others)} and {last}" if others else last
    head = [(escape(document.title), 14, True, 1), (names, 11, False, 1), ("Institute of Flow, Paris", 9, False, 1)]
    edges = [
        (820, f"bioRxiv preprint doi: https://doi.org/{document.identifiers['doi']}; this version posted"),
        (810, f"May 3, {document.year}. The copyright holder for this preprint is the author/funder."),
    ]
    return Layout(head, edges, every=True, columns=1, numbered=True)


_MANNERS = (_plain, _centred, _authors_first, _preprint)
