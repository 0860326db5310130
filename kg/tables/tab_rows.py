"""Rows of text with tabs between their cells, as Excel and programs that know no quotes write them."""

import csv
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice

LONGEST_CELL = 16 * 2**20
_QUOTE = '"'


class TabRows:
    """Reads rows; ``line_num`` counts the lines read.

    A cell is in quotes only where they enclose all of it; tabs, line breaks and doubled quotes may then be in it. A
    lone quote is part of its cell, and so are quotes with which a row would not have the cells of the header. A
    header is of several lines only where the row behind it has its cells.
    """

    def __init__(self, lines: Iterable[str], delimiter: str) -> None:
        self._lines = iter(lines)
        self._delimiter = delimiter
        self._ahead: deque[str] = deque()
        self._width = 0
        self._tried = 0
        self.line_num = 0

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        """The next row, empty for an empty line; raises csv.Error for a cell of more than 16 MB."""
        line = self._ahead.popleft() if self._ahead else next(self._lines)
        row, more = self._plain(line), 0
        if _QUOTE in line:
            row, more = self._read(line, row)
        for _ in range(more):
            self._ahead.popleft()
        self.line_num += 1 + more
        self._width = self._width or len(row)
        if (more or len(line) > LONGEST_CELL) and max(map(len, row)) > LONGEST_CELL:
            raise csv.Error(f"field larger than field limit ({LONGEST_CELL})")
        return row

    def _plain(self, line: str) -> list[str]:
        bare = line.rstrip("\r\n")
        return bare.split(self._delimiter) if bare else []

    def _fits(self, row: list[str]) -> bool:
        """Whether a row has the cells of the header, and at most empty ones behind them."""
        return len(row) == self._width or (len(row) > self._width and not any(row[self._width :]))

    def _read(self, line: str, plain: list[str]) -> tuple[list[str], int]:
        """The row that begins with a line and the number of further lines that are in it."""
        if self.line_num >= self._tried:
            row, more = self._quoted(line, over_lines=True)
            if more and self._whole(row, plain, more):
                return row, more
            self._tried = self.line_num + more
        row, _ = self._quoted(line, over_lines=False)
        return (plain if self._fits(plain) and not self._fits(row) else row), 0

    def _whole(self, row: list[str], plain: list[str], more: int) -> bool:
        """Whether a row in quotes fits, and the lines that are in it would not fit one by one."""
        lines = [plain, *map(self._plain, islice(self._ahead, more))]
        if self._width:
            return self._fits(row) and not all(map(self._fits, lines))
        self._width = len(row)
        behind = self._row_behind(more)
        told = self._fits(behind) if behind else all(len(line) != len(plain) for line in lines[1:])
        told = told and not all(map(self._fits, lines))
        self._width = 0
        return told

    def _row_behind(self, more: int) -> list[str] | None:
        """The next row that is not empty behind so many lines ahead."""
        while (line := self._line_ahead(more)) is not None:
            more += 1
            if plain := self._plain(line):
                return plain if self._fits(plain) else self._quoted(line, over_lines=True, more=more)[0]
        return None

    def _quoted(self, line: str, *, over_lines: bool, more: int = 0) -> tuple[list[str], int]:
        """The cells with those in quotes whole, and how many lines ahead they reach."""
        row: list[str] = []
        size = at = 0
        while True:
            closed = None
            if line.startswith(_QUOTE, at):
                room = LONGEST_CELL - size if over_lines and (not self._width or len(row) < self._width) else -1
                closed = self._closed(line, at, more, room)
            if closed is not None:
                cell, line, end, more = closed
            else:
                end = line.find(self._delimiter, at)
                end = end if end >= 0 else len(line.rstrip("\r\n"))
                cell = line[at:end]
            row.append(cell)
            size += len(cell)
            if not line.startswith(self._delimiter, end):
                return row, more
            at = end + 1

    def _closed(self, line: str, at: int, more: int, room: int) -> tuple[str, str, int, int] | None:
        """A cell that opens here and closes before a tab or the end of a line: its text, and where it ends.

        It goes on over lines while there is room for its characters.
        """
        parts: list[str] = []
        size, at = 0, at + 1
        while True:
            end = line.find(_QUOTE, at)
            while end >= 0 and line.startswith(_QUOTE, end + 1):
                end = line.find(_QUOTE, end + 2)
            if end >= 0:
                if line[end + 1 : end + 2] not in {self._delimiter, "\r", "\n", ""}:
                    return None
                parts.append(line[at:end])
                return "".join(parts).replace(2 * _QUOTE, _QUOTE), line, end + 1, more
            parts.append(line[at:])
            size += len(parts[-1])
            following = self._line_ahead(more) if size <= room else None
            if following is None:
                return None
            line, at, more = following, 0, more + 1

    def _line_ahead(self, number: int) -> str | None:
        while len(self._ahead) <= number:
            line = next(self._lines, None)
            if line is None:
                return None
            self._ahead.append(line)
        return self._ahead[number]
