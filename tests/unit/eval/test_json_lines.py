"""Rows of data files, and where one is wrong."""

from pathlib import Path

import pytest

from eval.errors import BrokenData, MissingData
from eval.json_lines import json_document, json_lines, records


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(text.encode("utf-8"))
    return path


def test_rows_are_read_alike_from_lines_and_from_an_array(tmp_path: Path) -> None:
    made = [
        records(_file(tmp_path, text), lambda number, row: (number, row["a"]))
        for text in ('\ufeff{"a": 1}\r\n{"a": 2}\n', ' [{"a": 1},\n {"a": 2}]')
    ]
    assert made == [[(1, 1), (2, 2)]] * 2


def test_a_line_keeps_its_number_behind_blank_ones_and_its_odd_separators(tmp_path: Path) -> None:
    assert list(json_lines(_file(tmp_path, '\n{"a": "x\u2028y"}\n'))) == [(2, {"a": "x\u2028y"})]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"a": 1}\n{"b": 2}\n', r"rows\.jsonl, line 2: lacks 'a'"),
        ('[{"a": 1}, {"b": 2}]', r"rows\.jsonl, entry 2: lacks 'a'"),
        ('{"a": 1}\n[]\n', r"rows\.jsonl, line 2: no JSON object"),
        ("[\n7,,\n]", r"rows\.jsonl, line 2: no JSON"),
        ('{"a": 1}\n{\n', r"rows\.jsonl, line 2: no JSON"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(BrokenData, match=told):
        records(_file(tmp_path, text), lambda _, row: row["a"])


def test_a_key_that_is_no_field_of_the_row_is_not_told_as_one(tmp_path: Path) -> None:
    titles = {"known": 1}
    with pytest.raises(BrokenData, match=r"line 1: no 'other' is found"):
        records(_file(tmp_path, '{"title": "other"}\n'), lambda _, row: titles[row["title"]])


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingData, match=r"absent\.json cannot be read"):
        json_document(tmp_path / "absent.json")
