"""The table of a file: of a workbook, of JSON Lines, or of the rows of CSV or TSV."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from kg.errors import InvalidTable
from kg.tables.files import kind_of
from kg.tables.json_lines import SUFFIXES as JSON
from kg.tables.json_lines import JsonLinesTable
from kg.tables.report import Findings
from kg.tables.shapes import FileShape
from kg.tables.sheet import SUFFIXES as WORKBOOKS
from kg.tables.sheet import SheetTable
from kg.tables.tab_rows import LONGEST_CELL, TabRows
from kg.tables.table import Table, places_in
from kg.tables.text_file import TextFile

_DELIMITERS = (",", ";", "\t", "|")
_UNSEEN = "\ufeff\u200b\u200e\u200f\u2060"
"""Signs without width that programs leave at the start or the end of a file's first line."""


def open_table(folder: Path, shape: FileShape, findings: Findings) -> Table:
    """The table of a file of the folder; raises InvalidTable where it cannot be read."""
    path = folder / shape.file
    if not path.is_file():
        there = ", ".join(sorted(p.name for p in folder.glob("*"))[:20]) or "nothing"
        raise InvalidTable(f"{path}: no such file", [f"in the folder is {there}"])
    if path.suffix.lower() in WORKBOOKS:
        return SheetTable(path, shape)
    if kind_of(path) in JSON:
        return JsonLinesTable(path, shape, findings)
    return TextTable(path, shape, findings)


class TextTable:
    """An open file of CSV or TSV: its header, and its rows with their line numbers."""

    def __init__(self, path: Path, shape: FileShape, findings: Findings) -> None:
        self.shape = shape
        self.file = shape.file
        self._findings = findings
        self._delimiter = shape.delimiter
        self._row: list[str] = []
        self._text = TextFile(path, shape, findings)
        with self._text.refused(lambda: 1), self._text.opened() as lines:
            self.header = [name.strip(_UNSEEN).strip() for name in next(filter(None, self._reader(lines)), [])]
        if not self.header:
            raise InvalidTable(str(path), ["the file is empty; its first line must name the columns"])

    def places(self, columns: Collection[str]) -> list[int]:
        """Where the columns are; raises InvalidTable for those that are not there, or if the header repeats one."""
        if not set(columns) <= set(self.header) and (better := self._better(columns)):
            raise InvalidTable(str(self._text.path), [f"line 1 is divided by {better!r}; {self._cure(better)}"])
        return places_in(self.header, columns, str(self._text.path))

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
        """Line number and cells of each row; rows with a wrong number of columns are reported and left out.

        Empty cells behind the last column, as spreadsheets write them, are none. A quote that is not closed would
        hide the rows behind it, so the file is refused with the line where it stands, unless lone quotes are text.
        """
        width = len(self.header)
        with self._text.opened() as lines:
            reader = self._reader(lines)
            begun = 1
            with self._text.refused(lambda: begun):
                next(filter(None, reader), None)
                for row in self._closed(reader):
                    begun = self._skipped + reader.line_num + 1
                    if len(row) == width:
                        yield self._skipped + reader.line_num, row
                    elif len(row) > width and not any(row[width:]):
                        yield self._skipped + reader.line_num, row[:width]
                    elif row:
                        self._tell_width(row, width, self._skipped + reader.line_num)

    def _tell_width(self, row: list[str], width: int, line: int) -> None:
        other = next((d for d in _DELIMITERS if d != self._delimiter and row[0].count(d) >= width - 1 > 0), None)
        why = f"rows without the {width} columns of the header (one has {{}})"
        if len(row) == 1 and other:
            why = f"rows divided by {other!r}, the header is not; {self._cure(other)}"
        self._findings.add("columns", self.file, why, line, example=str(len(row)))

    def _reader(self, lines: io.TextIOBase) -> Any:
        csv.field_size_limit(LONGEST_CELL)
        first = lines.readline()
        told = first.strip().lower()
        self._skipped = int(told.startswith("sep=") and len(told) == 5)
        if self._skipped:
            self._delimiter = told[4]
        text = lines if self._skipped else chain([first], lines)
        if self.shape.lone_quotes:
            return TabRows(text, self._delimiter)
        if self.shape.quote is None:
            return csv.reader(text, delimiter=self._delimiter, quoting=csv.QUOTE_NONE)
        return csv.reader(self._noted(text), delimiter=self._delimiter, quotechar=self.shape.quote)

    def _noted(self, text: Iterable[str]) -> Iterator[str]:
        self._row = []
        for line in text:
            self._row.append(line)
            yield line

    def _closed(self, reader: Any) -> Iterator[list[str]]:
        """The rows; raises csv.Error where a row of several lines is not quoted as it should be."""
        self._row.clear()
        for row in reader:
            if len(self._row) > 1:
                next(csv.reader(self._row, delimiter=self._delimiter, quotechar=self.shape.quote, strict=True))
            self._row.clear()
            yield row
