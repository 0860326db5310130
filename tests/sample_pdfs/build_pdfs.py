"""Builds the two PDF documents of the sample from our own text.

Run by ``python -m tests.sample_pdfs.build_pdfs``.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.ontology import DOMAINS
from tests.sample_pdfs.pdf_texts import (
    AQP4_VOLUME,
    OSMOTIC_CHALLENGE,
    Heading,
    Part,
    PdfText,
    Plot,
    Table,
    Text,
)

_HAN_FONT = Path(__file__).parent / "fonts" / "wqy-microhei-subset.ttf"
_MARGIN, _GUTTER, _HEAD = 56.0, 20.0, 84.0


@dataclass(frozen=True, slots=True)
class _Fonts:
    body: str
    bold: str
    word_wrap: str | None


def _fonts(language: str) -> _Fonts:
    if language != "zh":
        return _Fonts("Times-Roman", "Times-Bold", None)
    from reportlab.pdfbase.pdfmetrics import registerFont
    from reportlab.pdfbase.ttfonts import TTFont

    registerFont(TTFont("JianxiHan", _HAN_FONT))
    return _Fonts("JianxiHan", "JianxiHan", "CJK")


def build(text: PdfText, path: Path) -> None:
    """Writes one PDF: A4, two columns, running head and page numbers; the same bytes every time."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import BaseDocTemplate, Frame, NextPageTemplate, PageTemplate

    fonts = _fonts(text.language)
    width, height = A4
    column = (width - 2 * _MARGIN - _GUTTER) / 2
    left, right = _MARGIN, _MARGIN + column + _GUTTER
    tall = height - 2 * _MARGIN

    def frame(x: float, y: float, w: float, h: float, name: str) -> Any:
        return Frame(x, y, w, h, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0, id=name)

    def furniture(canvas: Any, document: Any) -> None:
        canvas.saveState()
        canvas.setFont(fonts.body, 8)
        canvas.drawString(_MARGIN, height - 36, text.running_head)
        canvas.drawCentredString(width / 2, 30, str(document.page))
        canvas.restoreState()

    document = BaseDocTemplate(
        str(path),
        pagesize=A4,
        pageCompression=0,
        invariant=1,
        title=text.title,
        author=", ".join(text.authors),
        subject=f"doi:{text.doi} pmid:{text.pmid}",
    )
    short = tall - _HEAD
    document.addPageTemplates(
        [
            PageTemplate(
                "first",
                [
                    frame(_MARGIN, _MARGIN + short, width - 2 * _MARGIN, _HEAD, "title"),
                    frame(left, _MARGIN, column, short - 8, "left"),
                    frame(right, _MARGIN, column, short - 8, "right"),
                ],
                onPage=furniture,
            ),
            PageTemplate(
                "later",
                [frame(left, _MARGIN, column, tall, "left"), frame(right, _MARGIN, column, tall, "right")],
                onPage=furniture,
            ),
        ]
    )
    document.build([NextPageTemplate("later"), *_front(text, fonts), *_flow(text.parts, fonts, column)])


def _front(text: PdfText, fonts: _Fonts) -> list[Any]:
    from reportlab.platypus import FrameBreak, Paragraph

    return [
        Paragraph(text.title, _style(fonts, 15, bold=True, after=6)),
        Paragraph(text.byline, _style(fonts, 9, after=4)),
        FrameBreak(),
        Paragraph(text.source, _style(fonts, 9, after=4)),
    ]


def _flow(parts: Sequence[Part], fonts: _Fonts, column: float) -> list[Any]:
    from reportlab.platypus import KeepTogether, Paragraph

    flow: list[Any] = []
    for part in parts:
        if isinstance(part, Heading):
            flow.append(Paragraph(part.text, _style(fonts, 13, bold=True, before=6, after=4, with_next=True)))
        elif isinstance(part, Text):
            flow.append(Paragraph(part.text, _style(fonts, 10, after=6)))
        elif isinstance(part, Table):
            flow.append(
                KeepTogether(
                    [Paragraph(part.caption, _style(fonts, 9, before=4, after=4)), _table(part, fonts, column)]
                )
            )
        else:
            caption = Paragraph(part.caption, _style(fonts, 9, before=2, after=8))
            flow.append(KeepTogether([_plot(part, fonts, column), caption]))
    return flow


def _style(
    fonts: _Fonts, size: float, *, bold: bool = False, before: float = 0, after: float = 0, with_next: bool = False
) -> Any:
    from reportlab.lib.styles import ParagraphStyle

    return ParagraphStyle(
        f"s{size}{bold}{before}{after}",
        fontName=fonts.bold if bold else fonts.body,
        fontSize=size,
        leading=size * 1.45,
        spaceBefore=before,
        spaceAfter=after,
        wordWrap=fonts.word_wrap,
        keepWithNext=with_next,
    )


def _table(part: Table, fonts: _Fonts, column: float) -> Any:
    from reportlab.lib.colors import black
    from reportlab.platypus import Table as Grid
    from reportlab.platypus import TableStyle

    first = column * 0.4
    rest = (column - first) / (len(part.rows[0]) - 1)
    return Grid(
        [list(row) for row in part.rows],
        colWidths=[first, *([rest] * (len(part.rows[0]) - 1))],
        spaceAfter=10,
        style=TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), fonts.body, 9),
                ("FONT", (0, 0), (-1, 0), fonts.bold, 9),
                ("ALIGN", (1, 0), (-1, -1), "CENTER"),
                ("GRID", (0, 0), (-1, -1), 0.5, black),
            ]
        ),
    )


def _plot(part: Plot, fonts: _Fonts, column: float) -> Any:
    from reportlab.graphics.shapes import Circle, Drawing, Line, String

    height, left, bottom = 130.0, 34.0, 30.0
    drawing = Drawing(column, height)
    drawing.add(Line(left, bottom, column - 8, bottom))
    drawing.add(Line(left, bottom, left, height - 8))
    drawing.add(String(column / 2, 8, part.x_label, fontName=fonts.body, fontSize=8, textAnchor="middle"))
    drawing.add(String(4, height - 8, part.y_label, fontName=fonts.body, fontSize=8))
    (x0, x1), (y0, y1) = part.x_range, part.y_range
    for x, y, name in part.points:
        px = left + (x - x0) / (x1 - x0) * (column - 12 - left)
        py = bottom + (y - y0) / (y1 - y0) * (height - 24 - bottom)
        drawing.add(Circle(px, py, 2.5))
        drawing.add(String(px + 5, py + 3, name, fontName=fonts.body, fontSize=7))
    return drawing


def main(folder: Path | None = None) -> list[Path]:
    """Builds both PDFs into ``folder``, by default the sample's documents, and returns their paths."""
    target = folder or DOMAINS / "ecs_tcm" / "sample" / "documents"
    made = []
    for text in (OSMOTIC_CHALLENGE, AQP4_VOLUME):
        path = target / f"{text.name}.pdf"
        build(text, path)
        made.append(path)
    return made


if __name__ == "__main__":
    for made_path in main(Path(sys.argv[1]) if len(sys.argv) > 1 else None):
        print(made_path)
