import os
import re
from pathlib import Path

import pytest

from kg.documents.file_names import cut_to_bytes, read_back, shown, under_readable_name, written


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("papers/间隙.md".encode(), "papers/间隙.md"),
        ("papers/电针研究.md".encode("gbk"), "papers/电针研究.md"),
        ("鏡像.md".encode("gbk"), "鏡像.md"),
        ("Müller résumé.txt".encode("latin-1"), "Müller résumé.txt"),
        (b"half\xed\xa0\x80.md", r"half\xed\xa0\x80.md"),
        (b"two\nlines\x1b[31m.md", r"two\u000alines\u001b[31m.md"),
        ("right‮fdp.exe".encode(), r"right\u202efdp.exe"),
    ],
)
def test_a_name_is_shown_as_text_that_every_output_can_carry(raw: bytes, text: str) -> None:
    assert shown(os.fsdecode(raw)) == text
    assert shown(text) == text


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a.pdf", "a.pdf"),
        ("间" * 97 + ".md", "间" * 62 + "~.md"),
        ("a." + "b" * 300, "a." + "b" * 189 + "~"),
        ("间" * 110, "间" * 63 + "~"),
    ],
)
def test_a_long_name_is_cut_by_its_bytes_and_keeps_its_ending(name: str, kept: str) -> None:
    cut = cut_to_bytes(name)
    assert re.sub("~[0-9a-f]{8}", "~", cut) == kept
    assert len(cut.encode()) <= 200


def test_two_long_names_that_differ_at_the_end_stay_two() -> None:
    assert cut_to_bytes("间" * 110 + "1.md") != cut_to_bytes("间" * 110 + "2.md")


@pytest.mark.parametrize(
    "raw", [b"/a b/%41.md", "/电针.md".encode("gbk"), "/电针#?.md".encode(), b"/half\xed\xa0\x80.md"]
)
def test_a_path_is_written_as_text_and_read_back(raw: bytes) -> None:
    path = Path(os.fsdecode(raw))
    assert written(path).encode().decode() == written(path)
    assert read_back(written(path)) == path


def test_a_file_is_opened_under_its_readable_name(tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode("间隙".encode("gbk") + b".md")
    odd.write_text("text")
    with under_readable_name(odd) as path:
        assert path.name == "间隙.md"
        assert path.read_text() == "text"
    plain = tmp_path / "plain.md"
    with under_readable_name(plain) as path:
        assert path == plain
