"""Open papers set as PDF from their JATS in the manner of four kinds of publisher."""

import tarfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from html import escape
from pathlib import Path
from typing import Any

from kg.documents.jats.parser import JatsParser
from kg.domain import Block, BlockKind, Document
from kg.protocols import ParseLimits

_MARKS = "abcdefghijklmnopqrstuvwxyz"
_LONGEST_AUTHORS = 40


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper to set: its metadata and its first paragraphs."""

    name: str
    document: Document
    paragraphs: tuple[str, ...]


def papers(archive: Path, count: int, folder: Path) -> Iterator[Paper]:
    """Every so many-th full text of the archive that tells title, authors, year, journal and DOI."""
    with tarfile.open(archive) as packed:
        names = sorted(name for name in packed.getnames() if name.endswith(".xml"))
        chosen = 0
        for name in names[:: max(1, len(names) // (2 * count))]:
            file = packed.extractfile(name)
            if file is None or chosen == count:
                continue
            path = folder / Path(name).name
            path.write_bytes(file.read())
            document, blocks = JatsParser().parse(path, ParseLimits()).documents[0]
            path.unlink()
            body = _body(blocks)
            told = document.authors and document.year and document.journal and document.identifiers.get("doi")
            if told and len(document.authors) <= _LONGEST_AUTHORS and len(body) > 5:
                chosen += 1
                yield Paper(path.stem, document, body)


def _body(blocks: Sequence[Block]) -> tuple[str, ...]:
    return tuple(b.text for b in blocks if b.kind is BlockKind.PARAGRAPH and len(b.text) > 200)[:14]


def build(paper: Paper, path: Path, number: int) -> None:
    """Set the paper in the manner of the number; the same bytes every time."""
    _MANNERS[number % 4](paper, path)


def _set(path: Path, head: Sequence[tuple[str, float, bool, int]], paper: Paper, **edges: Any) -> None:
    """A page of head lines (text, size, bold, alignment), then the paragraphs in two columns or one."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph

    width, height = A4
    columns = edges.get("columns", 2)
    numbered = edges.get("numbered", False)

    def style(size: float, bold: bool, align: int) -> ParagraphStyle:
        font = "Times-Bold" if bold else "Times-Roman"
        return ParagraphStyle("s", fontName=font, fontSize=size, leading=size * 1.3, alignment=align, spaceAfter=6)

    front = [Paragraph(text, style(size, bold, align)) for text, size, bold, align in head]
    tall = sum(part.wrap(width - 110, height)[1] + 6 for part in front)

    def furniture(canvas: Any, document: Any) -> None:
        canvas.setFont("Helvetica", 7.5)
        if document.page == 1 or edges.get("every", False):
            for y, text in edges.get("lines", ()):
                canvas.drawString(55, y, text)
        if document.page == 1:
            y = height - 60.0
            for part in front:
                part.drawOn(canvas, 55, y - part.height)
                y -= part.height + 6
        if numbered:
            for line in range(44):
                canvas.drawRightString(44, height - 66 - 16 * line, str(line + 1 + 44 * (document.page - 1)))
        canvas.drawCentredString(width / 2, 24, str(document.page))

    def frames(top: float) -> list[Frame]:
        wide = (width - 110 - 16 * (columns - 1)) / columns
        return [Frame(55 + n * (wide + 16), 50, wide, height - top - 50, 0, 0, 0, 0) for n in range(columns)]

    setting = BaseDocTemplate(str(path), pagesize=A4, invariant=1)
    setting.addPageTemplates(
        [
            PageTemplate("first", frames(70 + tall), onPage=furniture, autoNextPageTemplate="later"),
            PageTemplate("later", frames(60), onPage=furniture),
        ]
    )
    leading = 16 if numbered else 12.5
    body = ParagraphStyle("b", fontName="Times-Roman", fontSize=9.5, leading=leading, spaceAfter=4, alignment=4)
    heading = ParagraphStyle("h", fontName="Times-Bold", fontSize=11, leading=16)
    flow = [Paragraph("Abstract" if n == 0 else "Introduction", heading) if n in (0, 1) else None for n in range(14)]
    story = [p for n, text in enumerate(paper.paragraphs) for p in (flow[n], Paragraph(escape(text), body)) if p]
    setting.build(story)


def _marked(paper: Paper, mark: Callable[[int], str], joint: str) -> str:
    return joint.join(f"{escape(name)}<super>{mark(n)}</super>" for n, name in enumerate(paper.document.authors))


def _plain(paper: Paper, path: Path) -> None:
    document = paper.document
    head = [
        ("RESEARCH ARTICLE", 8, False, 0),
        (escape(document.title), 18, True, 0),
        (_marked(paper, lambda n: "1" if n else "1,2*", ", "), 10, True, 0),
        (
            "<b>1</b> Department of Neurology, University of the North, Oslo, Norway, <b>2</b> Brain Institute",
            7.5,
            False,
            0,
        ),
        ("* someone@example.org", 7.5, False, 0),
    ]
    doi = document.identifiers["doi"]
    line = f"{document.journal} | https://doi.org/{doi}    March 29, {document.year}"
    _set(path, head, paper, lines=((36, line),), every=True, columns=1)


def _centred(paper: Paper, path: Path) -> None:
    document = paper.document
    head = [
        (escape(document.title), 15, False, 1),
        (_marked(paper, lambda n: _MARKS[n % 3] + (",*" if not n else ""), ", "), 12, False, 1),
        ("<super>a</super><i>Department of Physiology, University of the South, Lima, Peru</i>", 8, False, 1),
        (f"Received 3 May {(document.year or 0) - 1}; accepted 14 December {(document.year or 0) - 1}", 8, False, 1),
    ]
    lines = (
        (805, f"{document.journal} 12 ({document.year}) 253–265"),
        (46, f"0022-1694/$ - see front matter © {document.year} The Authors. All rights reserved."),
        (36, f"doi:{document.identifiers['doi']}"),
    )
    _set(path, head, paper, lines=lines)


def _authors_first(paper: Paper, path: Path) -> None:
    document = paper.document
    head = [
        ("ORIGINAL PAPER", 9, False, 0),
        (" · ".join(map(escape, document.authors)), 10, True, 0),
        (escape(document.title), 16, True, 0),
        (f"Received: 26 May {(document.year or 0) - 1} / Accepted: 23 July {document.year}", 8, False, 0),
    ]
    lines = (
        (812, f"{document.journal} ({document.year}) 71:107–116"),
        (802, f"DOI {document.identifiers['doi']}"),
    )
    _set(path, head, paper, lines=lines)


def _preprint(paper: Paper, path: Path) -> None:
    document = paper.document
    *others, last = document.authors
    names = f"{', '.join(map(escape, others))} and {escape(last)}" if others else escape(last)
    head = [(escape(document.title), 14, True, 1), (names, 11, False, 1), ("Institute of Flow, Paris", 9, False, 1)]
    lines = (
        (820, f"bioRxiv preprint doi: https://doi.org/{document.identifiers['doi']}; this version posted"),
        (810, f"May 3, {document.year}. The copyright holder for this preprint is the author/funder."),
    )
    _set(path, head, paper, lines=lines, every=True, columns=1, numbered=True)


_MANNERS = (_plain, _centred, _authors_first, _preprint)


def made(archive: Path, folder: Path, count: int = 20) -> list[tuple[Path, Document]]:
    """The papers as PDF files in a folder, each with the metadata that its first page tells."""
    files = []
    for number, paper in enumerate(papers(archive, count, folder)):
        path = folder / f"{paper.name}.pdf"
        build(paper, path, number)
        told = paper.document if _MANNERS[number % 4] is not _preprint else replace(paper.document, journal=None)
        files.append((path, told))
    return files
