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


@pytest.mark.parametrize("text", [b"BMC Bioinformatics 2014, 15:1", b"BMI and sleep of mice", b"RIFF is a format."])
def test_a_text_that_begins_as_a_picture_does_is_a_document(tmp_path: Path, text: bytes) -> None:
    assert why(tmp_path, "a.txt", text) is None


@pytest.mark.parametrize("name", ["values.txt", "values"])
def test_a_table_that_is_named_as_text_is_told(tmp_path: Path, name: str) -> None:
    rows = 'region,lambda,"told, by"\n' + 'cortex,1.60,"Nicholson, C"\n' * 600
    assert "if its name ends in .csv" in str(why(tmp_path, name, rows.encode()))
    assert "if its name ends in .csv" in str(why(tmp_path, name, "脑区;值\n皮层;1,6\n纹状体;1,5\n".encode("gbk")))
    assert "if its name ends in .csv" in str(why(tmp_path, name, "兆赫,值\r兔,1.6\r兢,1.5\r".encode()))


def test_a_text_with_commas_in_each_line_is_a_document(tmp_path: Path) -> None:
    for text in (
        "It flows in sleep, we found.\nIt stops in day, they said.\nIt goes on, both agree.\n",
        "Flow in sleep,\nflow at night,\nflow in the morning,\n",
        "region,lambda\ncortex,1.60\n",
    ):
        assert why(tmp_path, "notes.txt", text.encode()) is None


def test_an_email_is_told(tmp_path: Path) -> None:
    assert "an e-mail" in str(why(tmp_path, "paper.eml"))


def test_a_pdf_is_a_document_whatever_its_name(tmp_path: Path) -> None:
    assert why(tmp_path, "download.csv", b"%PDF-1.7\n") is None
    assert why(tmp_path, "download", b"%PDF-1.7\n") is None
