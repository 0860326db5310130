"""Which files are documents."""

from pathlib import Path

import pytest

from kg.documents.kinds import why_no_document

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


def why(folder: Path, name: str, data: bytes = b"Text.\n") -> str | None:
    path = folder / name
    path.write_bytes(data)
    return why_no_document(path)


@pytest.mark.parametrize(
    "name", ["LICENSE", "LICENSE.txt", "LICENSE-MIT", "license.md", "refs.bib", "a.yaml", "b.csv", "c.py", "d.xyz"]
)
def test_what_only_lies_beside_documents_is_none(tmp_path: Path, name: str) -> None:
    assert why(tmp_path, name) is not None


@pytest.mark.parametrize("name", ["paper.md", "notes.txt", "README.md", "article.xml", "a.jsonl", "set.nbib", "notes"])
def test_what_is_read_is_a_document(tmp_path: Path, name: str) -> None:
    assert why(tmp_path, name) is None


def test_a_picture_is_none_whatever_its_name(tmp_path: Path) -> None:
    assert "picture" in str(why(tmp_path, "scan.png", PNG))
    assert "picture" in str(why(tmp_path, "scan.pdf", PNG))
    assert "OCR reads the text if it is included" in str(why(tmp_path, "scan", PNG))
    assert "put a scan into a PDF" in str(why(tmp_path, "scan.gif", b"GIF89a"))


def test_a_pdf_is_a_document_whatever_its_name(tmp_path: Path) -> None:
    assert why(tmp_path, "download.csv", b"%PDF-1.7\n") is None
    assert why(tmp_path, "download", b"%PDF-1.7\n") is None
