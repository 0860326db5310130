"""Pages that a server sends in the place of a paper."""

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from kg.documents.parse import parse
from kg.errors import DamagedDocument
from kg.protocols import ParseLimits, ParseResult


def read(folder: Path, name: str, body: str) -> ParseResult:
    path = folder / name
    path.write_text(f"<!DOCTYPE html><html><head><title>Page</title></head><body>{body}</body></html>")
    return parse(path, ParseLimits())


@pytest.mark.parametrize("name", ["paper.html", "paper.pdf"])
@pytest.mark.parametrize(
    "body", ["<h1>403 Forbidden</h1><hr>nginx", "<p>Error 503: Service Unavailable, try later.</p>"]
)
def test_the_error_page_of_a_server_is_told(tmp_path: Path, name: str, body: str) -> None:
    with pytest.raises(DamagedDocument, match="is the error page of a server"):
        read(tmp_path, name, body)


def test_a_page_that_asks_for_a_login_is_told(tmp_path: Path) -> None:
    form = '<p>Sign in to go on reading.</p><form><input type="password"></form>'
    with pytest.raises(DamagedDocument, match="asks for a login"):
        read(tmp_path, "paper.html", form)


def test_a_paper_beside_a_login_form_or_about_errors_is_read(tmp_path: Path) -> None:
    login = '<div><input type="password"></div>'
    assert read(tmp_path, "a.html", f"<p>{'The fluid flows along vessels. ' * 200}</p>{login}").documents
    assert read(tmp_path, "b.html", "<p>We saw 403 mice and 404 rats.</p>").documents


def test_a_page_named_as_a_pdf_is_read_and_told(tmp_path: Path) -> None:
    assert "it is a web page" in read(tmp_path, "a.pdf", "<h1>Flow</h1><p>It flows.</p>").warnings[0]


def printed(folder: Path, *lines: str) -> ParseResult:
    """What a page becomes that a browser has printed to a PDF: a title and lines below it."""
    path = folder / "paper.pdf"
    canvas = Canvas(str(path))
    for number, line in enumerate(lines):
        canvas.setFont("Helvetica", 11 if number else 20)
        canvas.drawString(60, 760 - 24 * number - 12 * bool(number), line)
    canvas.save()
    return parse(path, ParseLimits(), ocr=False)


@pytest.mark.parametrize(
    "lines",
    [
        (
            "Access to www.journal.example was denied",
            "You don't have authorization to view this page.",
            "HTTP ERROR 403",
        ),
        ("Server Error in Application PAPERS", "HTTP Error 403.14 - Forbidden", "The Web server does not list it."),
        ("Server Error", "403.14 - Forbidden", "Directory listing is denied."),
        (
            "Access Denied",
            'You don\'t have permission to access "http://www.journal.example/a.pdf" on this server.',
            "Reference #18.2d351ab8.1557333295.a4e16ab",
        ),
        (
            "www.journal.example",
            "Verifying you are human. This may take a few seconds.",
            "The site needs to review the security of your connection before proceeding.",
            "Ray ID: 8a1b2c3d4e5f6a7b",
        ),
        ("Just a moment...", "Enable JavaScript and cookies to continue"),
        ("Sign in to the library", "User name", "Password", "Forgotten?"),
    ],
)
def test_a_printed_refusal_is_told(tmp_path: Path, lines: tuple[str, ...]) -> None:
    with pytest.raises(DamagedDocument, match="not a paper; get the paper itself"):
        printed(tmp_path, *lines)


@pytest.mark.parametrize(
    "lines",
    [
        ("Flow in the cortex", "We saw 403 mice and 404 rats, and the fluid flowed along the vessels."),
        ("Fibre in biscuits", "Twelve volunteers ate cookies with oat bran each morning."),
        ("Storage", "Sample 8a1b2c3d4e5f6a7b was kept at -80 degrees."),
        ("A note", "The journal is at http://journal.example/410 now."),
        ("Tasks in a browser", "Abstract", "Mice were shown pictures by a program in JavaScript."),
        ("Tasks in a browser", "https://doi.org/10.1000/182", "Pictures were shown by a program in JavaScript."),
        ("Tasks in a browser", *["Mice were shown pictures by a program in JavaScript, and they looked at them."] * 20),
    ],
)
def test_a_printed_text_about_numbers_or_browsers_is_read(tmp_path: Path, lines: tuple[str, ...]) -> None:
    assert printed(tmp_path, *lines).documents
