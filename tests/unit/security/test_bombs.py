"""The files that attack a parser are small, made alike each time, and what they claim to be."""

import os
import zipfile
from io import BytesIO

import pytest

from tests.security.bombs import Decided, decided_when
from tests.security.bombs_archives import docx, lying_docx, nested_zip, overlapping_docx, paragraph, pdf, zipped
from tests.security.bombs_inputs import BOMBS, MOST_BYTES
from tests.security.bombs_watch import Health, Memory

BY_NAME = {bomb.name: bomb for bomb in BOMBS}


def test_every_name_is_used_once_and_says_its_kind() -> None:
    assert len(BY_NAME) == len(BOMBS) > 63
    assert {name.rpartition(".")[2] for name in BY_NAME} == {
        "docx", "epub", "xml", "html", "md", "txt", "tex", "jsonl", "json", "ris", "pdf",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["md-links.md", "html-fonts.html", "word-wide-cell.docx", "pdf-forms.pdf"])
def test_a_file_is_the_same_each_time_and_small(name: str) -> None:
    data = BY_NAME[name].content()
    assert data == BY_NAME[name].content()
    assert 0 < len(data) <= MOST_BYTES


def test_an_archive_unpacks_to_far_more_than_its_size() -> None:
    data = nested_zip(2, 10)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert len(archive.namelist()) == 10
        inner = archive.read("0.zip")
    assert len(data) < 10_000 < len(inner) * 10
    assert inner == nested_zip(1, 10)


def test_a_word_document_opens_as_one() -> None:
    import docx as word

    assert [p.text for p in word.Document(BytesIO(docx(paragraph("ha") * 3))).paragraphs] == ["ha"] * 3


def test_an_archive_lies_about_the_size_of_its_text() -> None:
    with zipfile.ZipFile(BytesIO(lying_docx(7, 1000))) as archive:
        assert archive.getinfo("word/document.xml").file_size == 7
        assert archive.getinfo("_rels/.rels").file_size > 7


def test_members_of_an_archive_are_the_same_bytes() -> None:
    with zipfile.ZipFile(BytesIO(overlapping_docx(50))) as archive:
        assert {info.header_offset for info in archive.infolist()} == {0}
        assert sum(info.file_size for info in archive.infolist()) == 50 * 10 * 2**20


def test_a_pdf_tells_where_its_objects_are() -> None:
    data = pdf({1: b"<< /Type /Catalog >>", 3: b"<< >>"})
    rows = data.partition(b"0000000000 65535 f \n")[2].splitlines()[:3]
    assert data[int(rows[0].split()[0]) :].startswith(b"1 0 obj")
    assert rows[1].endswith(b"f ")
    assert data[int(rows[2].split()[0]) :].startswith(b"3 0 obj")


def test_parts_may_come_in_pieces() -> None:
    with zipfile.ZipFile(BytesIO(zipped({"a": (b"x" * 10 for _ in range(3))}))) as archive:
        assert archive.read("a") == b"x" * 30


def test_a_late_answer_counts_for_each_time_that_it_missed() -> None:
    seen = Health()
    seen.add(0.01)
    seen.add(0.18)
    assert seen.times_ms == pytest.approx([10, 180, 130, 80, 30])


def test_computing_is_counted_from_where_a_file_began() -> None:
    assert Memory(computed_s={1: 3.0, 2: 1.5}).since({1: 2.0}) == 2.5


def test_looking_at_a_process_without_parsers_sees_none() -> None:
    memory = Memory()
    memory.look(os.getpid())
    assert memory.highest_bytes == 0


def test_a_file_is_in_time_within_5_s_or_what_its_size_allows() -> None:
    assert Decided("a", 1, 5.0, 4.9).in_time
    assert Decided("a", 1, 25.0, 24.9).in_time
    assert not Decided("a", 1, 5.0, 5.1).in_time
    assert not Decided("a", 1, 5.0).in_time


def test_files_slower_than_5_s_are_named_with_their_size_and_seconds_although_the_rule_allows_them() -> None:
    told = decided_when([Decided("a", 10, 4.0, 0.2), Decided("b", 20, 25.0, 24.9), Decided("c", 30, 4.0)])
    assert (told["files"], told["within_5_s"], told["within_rule"], told["undecided"]) == (3, 1, 2, 1)
    slower = told["slower"]
    assert isinstance(slower, list)
    assert [(one["name"], one["size_bytes"], one["seconds"]) for one in slower] == [("c", 30, None), ("b", 20, 24.9)]
