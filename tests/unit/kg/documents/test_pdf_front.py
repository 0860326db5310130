"""The metadata of a first page, set in the manner of several publishers."""

from collections.abc import Sequence
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
        ("Copyright 1996 by a Society of Flow", 1996, None),
        ("The Journal of Flow, May 15, 1998, 18(10):3537-3547", 1998, "The Journal of Flow"),
        ("J Flow. 2013 April 3; 33(14): 5773-5782. doi:10.1523/flow.2013", 2013, "J Flow"),
        ("PNAS | June 3, 2014 | vol. 111 | no. 22 | 8000-8005", 2014, None),
        ("J. Flow, Vol. 79, No. 4, April 1998. Printed in U.S.A.", 1998, None),
        ("Received: 12 March 2018; Accepted: 5 April 2019; Published: 10 April 2019", 2019, None),
        ("2018, 43(5): 1001-1006", 2018, None),
        ("Roe A, Li B (2017) Flow in sleeping brains. Cleft 3, 1", 2017, None),
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


@pytest.mark.parametrize(
    "line",
    [
        "Diffusion may be hindered, as in 1998",
        "This follows Nicholson (1998), who saw the same",
        "Received 3 May 2018",
        "Accepted for publication in June 2018",
        "Published data of 1998 are shown again",
        "as in Brain Res 819 (1999) 1-14",
        "In Flow 12 (1998) and later works this is denied",
        "© 1996-2015 The Press",
        "arXiv:2411.01768 (2024).",
    ],
)
def test_a_year_in_prose_is_not_the_year_of_publication(tmp_path: Path, line: str) -> None:
    found = first_page(tmp_path / "e.pdf", (16, "Flow in Sleeping Brains"), (11, "Ann Roe, Bo Li"), (9, line))
    assert (found.year, found.journal, found.identifiers) == (None, None, {})


def test_a_citation_that_ends_a_reference_is_not_that_of_the_work(tmp_path: Path) -> None:
    found = first_page(
        tmp_path / "f.pdf",
        (9, "1 Hirschhorn N. Corporate social responsibility, and the clefts of the brain, hope"),
        (9, "Tobacco Control 2004;13:447-53."),
        (16, "Flow in Sleeping Brains"),
    )
    assert (found.year, found.journal) == (None, None)


@pytest.mark.parametrize(
    ("lines", "doi"),
    [
        (("Comment on doi:10.1000/other", "doi:10.1000/own"), "10.1000/own"),
        (("Comment on doi:10.1000/other",), None),
        (("The data are at https://doi.org/10.5061/dryad.x",), None),
        (("https://doi.org/10.5061/dryad.x", "https://doi.org/10.1000/own"), None),
        (("J Flow 2004;13:1-9. doi: 10.1000/own", "See doi:10.1000/other"), "10.1000/own"),
        (("A preprint, doi: https://doi.org/10.1000/own; this version posted May 3, 2006.",), "10.1000/own"),
        (("Roe A (2004) Flow in sleeping brains. Cleft 3, 1. doi:10.1000/own",), "10.1000/own"),
        (("DOI: 10.1000/own", "Digital Object Identifier 10.1000/OWN"), "10.1000/OWN"),
    ],
)
def test_the_doi_of_another_work_is_not_taken(tmp_path: Path, lines: Sequence[str], doi: str | None) -> None:
    found = first_page(tmp_path / "g.pdf", (16, "Flow in Sleeping Brains"), *((9, line) for line in lines))
    assert found.identifiers.get("doi") == doi


def test_of_two_dois_that_of_the_running_foot_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "h.pdf"
    canvas = Canvas(str(path))
    for page in range(2):
        canvas.drawString(72, 30, "Clefts, https://doi.org/10.1000/own")
        if not page:
            canvas.drawString(72, 700, "https://doi.org/10.5061/dryad.x")
        for number in range(20):
            canvas.drawString(72, 500 - 14 * number, BODY)
        canvas.showPage()
    canvas.save()
    assert parse(path, ParseLimits(), ocr=False).documents[0][0].identifiers == {"doi": "10.1000/own"}


@pytest.mark.parametrize(
    ("line", "identifiers"),
    [
        ("PMCID: PMC1234567 PMID: 12345678", {"pmid": "12345678", "pmcid": "PMC1234567"}),
        ("This is a comment on PMID: 12345678", {}),
        ("arXiv:1706.03762v7 [cs.CL] 2 Aug 2023", {"arxiv": "1706.03762"}),
    ],
)
def test_identifiers_in_prose_are_of_other_works(tmp_path: Path, line: str, identifiers: dict[str, str]) -> None:
    found = first_page(tmp_path / "i.pdf", (16, "Flow in Sleeping Brains"), (9, line))
    assert found.identifiers == identifiers


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


def test_the_numbers_of_lines_above_a_table_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "preprint.pdf"
    canvas = Canvas(str(path))
    canvas.setFont("Helvetica", 11)
    for number in range(20):
        canvas.drawString(72, 780 - 22 * number, f"In a line of the text there were {number + 3} rats.")
        canvas.drawRightString(52, 780 - 22 * number, str(number + 41))
    for row in range(9):
        for x, cell in ((72, f"rat {row}"), (200, "0.20"), (320, "1.61")):
            canvas.drawString(x, 320 - 22 * row, cell)
    canvas.save()
    blocks = parse(path, ParseLimits(), ocr=False).documents[0][1]
    whole = " ".join(block.text for block in blocks)
    assert not [number for number in range(41, 61) if f"{number}" in whole]
    assert "rat 8" in whole


@pytest.mark.parametrize("left", [72, 200])
def test_the_numbers_of_the_rows_of_a_table_are_text(tmp_path: Path, left: float) -> None:
    path = tmp_path / "table.pdf"
    canvas = Canvas(str(path))
    canvas.setFont("Helvetica", 11)
    for row in range(20):
        for x, cell in ((72, str(row + 41)), (120, "rat"), (300, "0.20"), (420, "1.61")):
            canvas.drawString(x, 780 - 16 * row, cell)
    for number in range(12):
        canvas.drawString(left, 440 - 22 * number, "In a line of the text below there were some rats.")
    canvas.save()
    blocks = parse(path, ParseLimits(), ocr=False).documents[0][1]
    assert all(f"{number}" in " ".join(block.text for block in blocks) for number in range(41, 61))
