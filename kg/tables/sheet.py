"""Rows of a sheet of an XLSX workbook."""

import zlib
from collections.abc import Collection, Iterator
from contextlib import closing
from datetime import datetime, time
from itertools import islice
from math import isfinite
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from kg.errors import InvalidTable
from kg.tables.shapes import FileShape
from kg.tables.table import places_in

_BROKEN = (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError, SyntaxError, zlib.error)
"""What openpyxl and the parsers below it raise for damage; ElementTree's and lxml's are SyntaxErrors."""
SUFFIXES = (".xlsx", ".xlsm")
_EXACT = 10**15
"""A spreadsheet keeps 15 digits of a number."""


class SheetTable:
    """The table of one sheet; its first row that is not empty names the columns."""

    def __init__(self, path: Path, shape: FileShape) -> None:
        self.file = shape.file
        self._path = path
        self._name = shape.sheet
        self._rows: Iterator[tuple[int, list[str]]] = self._filled()
        _, cells = next(self._rows, (0, []))
        self.header = [cell.strip() for cell in cells]
        if not self.header:
            raise InvalidTable(str(path), ["the sheet is empty; its first row must name the columns"])

    def places(self, columns: Collection[str]) -> list[int]:
        """Where the columns are; raises InvalidTable."""
        return places_in(self.header, columns, str(self._path))

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Row number and cells of each further row that is not empty; read again, the sheet is opened again."""
        width = len(self.header)
        rows, self._rows = self._rows, islice(self._filled(), 1, None)
        for number, cells in rows:
            yield number, [*cells, *[""] * (width - len(cells))][:width]

    def _filled(self) -> Iterator[tuple[int, list[str]]]:
        try:
            with closing(load_workbook(self._path, read_only=True, data_only=True)) as book:
                names = [sheet.title for sheet in book.worksheets]
                if not names or (self._name and self._name not in names):
                    raise InvalidTable(str(self._path), [f"no sheet {self._name!r}; there are {', '.join(names)}"])
                sheet = book[self._name or names[0]]
                sheet.reset_dimensions()
                for number, row in enumerate(sheet.iter_rows(), 1):
                    cells = [_text(cell) for cell in row]
                    if any(cells):
                        yield number, cells
        except _BROKEN as error:
            why = f"the workbook cannot be read ({error}); take its password away, or save it as CSV in UTF-8"
            raise InvalidTable(str(self._path), [why]) from None


def _text(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if not isfinite(value):
            return "#NUM!"
        value = int(value) if value.is_integer() and abs(value) < _EXACT else repr(value).upper()
    if isinstance(value, int):
        shown = str(cell.number_format)
        return str(value).zfill(len(shown)) if shown and not shown.strip("0") else str(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return str(value)
