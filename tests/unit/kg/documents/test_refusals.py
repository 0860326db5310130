"""Pages that a server sends in the place of a paper."""

from pathlib import Path

import pytest

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
