"""Rows of a CSV, TSV or JSON Lines file, plain or gzip, in UTF-8, UTF-16 or GB18030; a workbook is another room."""

import csv
import io
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from kg.documents.encoding import MARKS, decoded_as
from kg.errors import InvalidTable
from kg.tables.cells import read_json, text_of
from kg.tables.files import opened, readable
from kg.tables.report import Findings
from kg.tables.shapes import FileShape
from kg.tables.sheet import SUFFIXES as WORKBOOKS
from kg.tables.sheet import SheetTable
from kg.tables.table import Table, places_in

_SAMPLE = 4 * 2**20
_LONGEST_CELL = 16 * 2**20
_DELIMITERS = (",", ";", "\t", "|")


def open_table(folder: Path, shape: FileShape, findings: Findings) -> Table:
    """The table of a file of the folder; raises InvalidTable where it cannot be read."""
    path = folder / shape.file
    if not path.is_file():
        there = ", ".join(sorted(p.name for p in folder.glob("*"))[:20]) or "nothing"
        raise InvalidTable(f"{path}: no such file", [f"in the folder is {there}"])
    if path.suffix.lower() in WORKBOOKS:
        return SheetTable(path, shape)
    return TextTable(path, shape, findings)


class TextTable:
    """An open file of text: its header, and its rows with their line numbers."""

    def __init__(self, path: Path, shape: FileShape, findings: Findings) -> None:
        self.shape = shape
        self.file = shape.file
        self._path = path
        self._findings = findings
        self._delimiter = shape.delimiter
        self._encoding = shape.encoding or self._detected()
        self._json_line = 1
        self.json_lines = shape.file.removesuffix(".gz").endswith(".jsonl")
        self.header = self._read_header()

    def places(self, columns: Collection[str]) -> list[int]:
        """Where the columns are; raises InvalidTable for those that are not there, or if the header repeats one.

        JSON Lines without any line have no columns, and no row either that could miss one.
        """
        if self.json_lines and not self.header:
            return [0] * len(columns)
        if not self.json_lines and not set(columns) <= set(self.header) and (better := self._better(columns)):
            raise InvalidTable(str(self._path), [f"line 1 is divided by {better!r}; {self._cure(better)}"])
        return places_in(self.header, columns, str(self._path))

    def _better(self, columns: Collection[str]) -> str | None:
        """The delimiter by which the first line holds more of the columns, or None."""
        line = self._delimiter.join(self.header)
        held = {d: len({c.strip(' "') for c in line.split(d)} & set(columns)) for d in _DELIMITERS}
        best = max(_DELIMITERS, key=lambda d: held[d])
        return best if held[best] > len(set(self.header) & set(columns)) else None

    def _cure(self, delimiter: str) -> str:
        shown = "\\t" if delimiter == "\t" else delimiter
        return f'write delimiter: "{shown}" for {self.file} in the mapping, or divide its cells by {self._delimiter!r}'

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each row; rows with a wrong number of columns are reported and left out."""
        width = len(self.header)
        with self._opened() as lines:
            if self.json_lines:
                with self._told_as_ours(lambda: self._json_line):
                    for number, record in self._records(lines, self._findings):
                        yield number, [text_of(record.get(column)) for column in self.header]
                return
            reader = self._reader(lines)
            with self._told_as_ours(lambda: self._skipped + int(reader.line_num)):
                next(reader, None)
                for row in reader:
                    if len(row) == width:
                        yield self._skipped + reader.line_num, row
                    elif row:
                        self._tell_width(row, width, self._skipped + reader.line_num)

    def _tell_width(self, row: list[str], width: int, line: int) -> None:
        other = next((d for d in _DELIMITERS if d != self._delimiter and row[0].count(d) >= width - 1 > 0), None)
        why = f"rows without the {width} columns of the header (one has {{}})"
        if len(row) == 1 and other:
            why = f"rows divided by {other!r}, the header is not; {self._cure(other)}"
        self._findings.add("columns", self.file, why, line, example=str(len(row)))

    @contextmanager
    def _told_as_ours(self, line: Callable[[], int]) -> Iterator[None]:
        """Raise InvalidTable for a file that cannot be read; ``line`` is how far it was."""
        try:
            with readable(self._path):
                yield
        except UnicodeDecodeError as error:
            cure = "save the table as UTF-8 or tell its encoding in the mapping (encoding: gb18030)"
            raise InvalidTable(str(self._path), [f"about line {line()}: not {error.encoding}; {cure}"]) from None
        except csv.Error as error:
            raise InvalidTable(str(self._path), [f"line {line()}: {error}; check its quotes"]) from None
        except ValueError as error:
            raise InvalidTable(str(self._path), [f"line {line()}: {error}"]) from None

    def _records(self, lines: io.TextIOBase, findings: Findings) -> Iterator[tuple[int, dict[str, object]]]:
        for number, line in enumerate(lines, 1):
            self._json_line = number
            if not line.strip():
                continue
            try:
                record = read_json(line)
            except ValueError as error:
                findings.add("columns", self.file, f"not JSON: {error}", number)
                continue
            if isinstance(record, dict):
                yield number, record
            else:
                findings.add("columns", self.file, "not a JSON object", number)

    def _reader(self, lines: io.TextIOBase) -> Any:
        csv.field_size_limit(_LONGEST_CELL)
        first = lines.readline()
        told = first.strip().lower()
        self._skipped = int(told.startswith("sep=") and len(told) == 5)
        if self._skipped:
            self._delimiter = told[4]
        text = lines if self._skipped else chain([first], lines)
        if self.shape.quote is None:
            return csv.reader(text, delimiter=self._delimiter, quoting=csv.QUOTE_NONE)
        return csv.reader(text, delimiter=self._delimiter, quotechar=self.shape.quote)

    def _read_header(self) -> list[str]:
        with self._told_as_ours(lambda: self._json_line), self._opened() as lines:
            if self.json_lines:
                return list(dict.fromkeys(key for _, record in self._records(lines, Findings()) for key in record))
            header = [name.strip() for name in next(self._reader(lines), [])]
        if not header:
            raise InvalidTable(str(self._path), ["the file is empty; its first line must name the columns"])
        return header

    def _opened(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(opened(self._path), encoding=self._encoding, newline="")

    def _detected(self) -> str:
        with self._told_as_ours(lambda: 1), opened(self._path) as raw:
            sample = raw.read(_SAMPLE)
            cut = bool(raw.read(1))
        for mark, encoding in MARKS:
            if sample.startswith(mark):
                return encoding
        if decoded_as(sample, "utf-8", cut) is not None:
            return "utf-8"
        if decoded_as(sample, "gb18030", cut) is not None:
            self._findings.notes.append(f"{self.file} was read as GB18030")
            return "gb18030"
        bad = _first_bad_line(sample)
        raise InvalidTable(str(self._path), [f"line {bad} is neither UTF-8 nor GB18030; save the table as UTF-8"])


def _first_bad_line(sample: bytes) -> int:
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        return sample[: error.start].count(b"\n") + 1
    return 1
