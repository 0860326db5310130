from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import docx
import pytest

from kg.documents.extent import computing_s, counted
from kg.documents.parse import parse
from kg.documents.pdf.page_count import pages_of
from kg.domain import Block, BlockKind
from kg.errors import OversizedDocument
from kg.protocols import ParseLimits
from tests.security.bombs_archives import many_pages

LIMITS = replace(ParseLimits(), blocks=10)
TOO_MANY = "more than 10 paragraphs, headings and tables in one document; split the document"
ARTICLE = "<article><front><article-meta/></front><body>{}</body></article>"


@pytest.mark.parametrize(
    ("name", "whole", "part"),
    [
        ("a.txt", "{}", "A sentence.\n\n"),
        ("a.md", "{}", "A sentence.\n\n"),
        ("a.html", "<html><body>{}</body></html>", "<p>A sentence.</p>"),
        ("a.xml", ARTICLE, "<p>A sentence.</p>"),
    ],
)
def test_a_parser_stops_at_the_first_block_too_many(tmp_path: Path, name: str, whole: str, part: str) -> None:
    path = tmp_path / name
    path.write_text(whole.format(part * 10))
    ((_, blocks),) = parse(path, LIMITS, ocr=False).documents
    assert len(blocks) == 10
    path.write_text(whole.format(part * 11))
    with pytest.raises(OversizedDocument, match=TOO_MANY):
        parse(path, LIMITS, ocr=False)


@pytest.mark.parametrize("text", ["A sentence.", ""])
def test_paragraphs_of_word_count_with_and_without_text(tmp_path: Path, text: str) -> None:
    document = docx.Document()
    for _ in range(11):
        document.add_paragraph(text)
    document.save(str(tmp_path / "a.docx"))
    with pytest.raises(OversizedDocument, match=TOO_MANY):
        parse(tmp_path / "a.docx", LIMITS, ocr=False)


def test_blocks_are_counted_while_they_are_made() -> None:
    made: list[int] = []

    def blocks() -> Iterator[Block]:
        for number in range(1000):
            made.append(number)
            yield Block(BlockKind.PARAGRAPH, str(number))

    with pytest.raises(OversizedDocument, match=TOO_MANY):
        list(counted(blocks(), Path("a.txt"), LIMITS))
    assert len(made) == 11


def test_a_file_computes_in_proportion_to_its_size_or_its_pages(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(bytes(2**20))
    limits = ParseLimits()
    assert computing_s(path, limits) == computing_s(path, limits, pages=20) == 14
    assert computing_s(path, limits, pages=400) == 100
    assert computing_s(path, limits, pages=10**9) == 0.25 * (2**20 // 1000)


def test_the_pages_of_a_pdf_are_counted_and_those_of_other_files_are_none(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(many_pages(5))
    assert pages_of(path) == 5
    for other in (b"%PDF-1.7\ncut off", b"A text.", b""):
        path.write_bytes(other)
        assert pages_of(path) == 0
