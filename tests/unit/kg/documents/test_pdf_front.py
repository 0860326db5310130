"""The metadata of a first page, set in the manner of several publishers."""

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from kg.documents.parse import parse
from kg.documents.pdf.first_page import with_title_whole
from kg.domain import Block, BlockKind, Document
from kg.protocols import ParseLimits

BODY = "The interstitial fluid of the brain flows along the vessels and takes waste with it, as is told here."


def first_page(path: Path, *lines: tuple[float, str]) -> Document:
    """A page of lines, each of a size, from the top down, with a body below."""
    canvas = Canvas(str(path))
    y = 800.0
    for size, text in lines:
        y -= 1.3 * size
        x = 72.0
        for number, part in enumerate(text.split("^")):
            raised = number % 2 == 1
            canvas.setFont("Helvetica", 0.6 * size if raised else size)
            canvas.drawString(x, y + (0.35 * size if raised else 0), part)
            x += canvas.stringWidth(part, "Helvetica", 0.6 * size if raised else size)
        y -= 4
    canvas.setFont("Helvetica", 9)
    for number in range(20):
        canvas.drawString(72, y - 40 - 12 * number, BODY)
    canvas.save()
    return parse(path, ParseLimits(), ocr=False).documents[0][0]


def test_marks_of_places_are_no_part_of_names(tmp_path: Path) -> None:
    found = first_page(
        tmp_path / "a.pdf",
        (8, "Journal of Flow 310 (2005) 253-265"),
        (16, "The response of flow to sleep in the"),
        (16, "brain of the gerbil"),
        (11, "Patrick N.J. Lane^a,c,*^, Alice van der Best^b,c^, Lu Zhang^b,c^ and Zoë"),
        (11, "O'Hara^a^"),
        (7, "^a^ School of Flow, University of the South, Lima, Peru"),
        (7, "Received 1 October 2003; accepted 3 January 2004"),
        (7, "doi:10.1016/j.flow.2005.01.006"),
    )
    assert found.title == "The response of flow to sleep in the brain of the gerbil"
    assert found.authors == ("Patrick N.J. Lane", "Alice van der Best", "Lu Zhang", "Zoë O'Hara")
    assert (found.year, found.journal) == (2005, "Journal of Flow")
    assert found.identifiers == {"doi": "10.1016/j.flow.2005.01.006"}


def test_authors_above_the_title_are_found(tmp_path: Path) -> None:
    found = first_page(
        tmp_path / "b.pdf",
        (8, "J Gen Flow (2004) 71:107-116"),
        (8, "DOI 10.1007/s10327-004-0170-3"),
        (9, "ORIGINAL PAPER"),
        (11, "Sheila Ruswandi · Keiji Kitani · Kazuya Akimitsu"),
        (16, "Structural Analysis of Narrow Clefts"),
        (8, "Received: 26 May 2003 / Accepted: 23 July 2004"),
    )
    assert found.title == "Structural Analysis of Narrow Clefts"
    assert found.authors == ("Sheila Ruswandi", "Keiji Kitani", "Kazuya Akimitsu")
    assert (found.year, found.journal) == (2004, "J Gen Flow")


@pytest.mark.parametrize(
    ("line", "year", "journal"),
    [
        ("British Medical Bulletin, 2015, 113:45-58", 2015, "British Medical Bulletin"),
        ("Tobacco Control 2004;13:445-447.", 2004, "Tobacco Control"),
        ("Proc. R. Soc. Lond. B (2004) 271, 147-152", 2004, "Proc. R. Soc. Lond. B"),
        ("RNA 19:1183-1191; © 2013; Published by a Press", 2013, "RNA"),
        ("PLOS ONE | https://doi.org/10.1371/journal.pone.0194893 March 29, 2018", 2018, "PLOS ONE"),
        ("Published online 27 November 2003", 2003, None),
        ("© 2011 The Authors", 2011, None),
    ],
)
def test_the_line_that_tells_how_to_cite_gives_year_and_journal(
    tmp_path: Path, line: str, year: int, journal: str | None
) -> None:
    found = first_page(tmp_path / "c.pdf", (8, line), (16, "Flow in Sleeping Brains"), (11, "Ann Roe, Bo Li"))
    assert (found.year, found.journal) == (year, journal)


def test_what_the_page_does_not_tell_stays_empty(tmp_path: Path) -> None:
    found = first_page(tmp_path / "d.pdf", (16, "Notes on the Flow of 1978"), (9, "Column A Column B"))
    assert (found.title, found.authors, found.year) == ("Notes on the Flow of 1978", (), None)
    assert (found.journal, found.identifiers) == (None, {})


def test_a_heading_that_lost_a_line_of_the_title_is_made_whole() -> None:
    cut = Block(BlockKind.HEADING, "Corporate responsibility hope or hype?", 1)
    other = Block(BlockKind.HEADING, "Hope", 1)
    title = "Corporate responsibility and the industry: hope or hype?"
    assert [block.text for block in with_title_whole((cut, other), title)] == [title, "Hope"]


@pytest.mark.parametrize("step", [1, 5])
def test_the_numbers_of_lines_are_no_text(tmp_path: Path, step: int) -> None:
    path = tmp_path / "preprint.pdf"
    canvas = Canvas(str(path))
    for page in range(2):
        canvas.setFont("Helvetica", 11)
        for number in range(30):
            line = number + 1 + 30 * page
            canvas.drawString(72, 780 - 22 * number, f"In line {line} of the text there were {number + 3} rats.")
            if line % step == 0:
                canvas.drawRightString(52, 780 - 22 * number, str(line))
        canvas.showPage()
    canvas.save()
    blocks = parse(path, ParseLimits(), ocr=False).documents[0][1]
    whole = " ".join(block.text for block in blocks)
    assert whole == " ".join(f"In line {n + 1} of the text there were {n % 30 + 3} rats." for n in range(60))
