"""Rows of a CSV, TSV or JSON Lines file, plain or gzip, in UTF-8, UTF-16 or GB18030."""

import csv
import gzip
import io
import json
import zlib
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from kg.documents.encoding import MARKS, decoded_as
from kg.errors import InvalidTable
from kg.tables.report import Findings
from kg.tables.shapes import FileShape

_SAMPLE = 4 * 2**20
_LONGEST_CELL = 16 * 2**20


class Table:
    """An open table: its header, and its rows with their line numbers."""

    def __init__(self, folder: Path, shape: FileShape, findings: Findings) -> None:
        self.shape = shape
        self.file = shape.file
        self._path = folder / shape.file
        self._findings = findings
        if not self._path.is_file():
            there = ", ".join(sorted(p.name for p in folder.glob("*"))[:20]) or "nothing"
            raise InvalidTable(f"{self._path}: no such file", [f"in the folder is {there}"])
        self._encoding = shape.encoding or self._detected()
        self.json_lines = shape.file.removesuffix(".gz").endswith(".jsonl")
        self.header = self._read_header()

    def require(self, columns: Collection[str]) -> None:
        """Raise InvalidTable where the mapping names columns that are not there, or the header repeats one."""
        problems = [f"no column {c!r}; there are {', '.join(self.header)}" for c in columns if c not in self.header]
        problems += [f"column {c!r} is there twice" for c in sorted(set(self.header)) if self.header.count(c) > 1]
        if problems:
            raise InvalidTable(str(self._path), problems)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each row; rows with a wrong number of columns are reported and left out."""
        width = len(self.header)
        with self._opened() as lines:
            if self.json_lines:
                yield from self._records(lines)
                return
            reader = self._reader(lines)
            try:
                next(reader, None)
                for row in reader:
                    if len(row) == width:
                        yield reader.line_num, row
                    elif row:
                        self._wrong_width(reader.line_num, len(row))
            except csv.Error as error:
                raise InvalidTable(str(self._path), [f"line {reader.line_num}: {error}; check its quotes"]) from None
            except UnicodeDecodeError as error:
                raise self._wrong_encoding(reader.line_num, error) from None
            except (gzip.BadGzipFile, zlib.error, EOFError) as error:
                raise self._broken_gzip(error) from None

    def _wrong_width(self, line: int, found: int) -> None:
        self._findings.add("columns", self.file, f"{found} columns where the header has {len(self.header)}", line)

    def _records(self, lines: io.TextIOBase) -> Iterator[tuple[int, list[str]]]:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except ValueError as error:
                self._findings.add("columns", self.file, f"not JSON: {error}", number)
                continue
            if not isinstance(record, dict):
                self._findings.add("columns", self.file, "not a JSON object", number)
                continue
            yield number, [_cell(record.get(column)) for column in self.header]

    def _reader(self, lines: io.TextIOBase) -> Any:
        csv.field_size_limit(_LONGEST_CELL)
        if self.shape.quote is None:
            return csv.reader(lines, delimiter=self.shape.delimiter, quoting=csv.QUOTE_NONE)
        return csv.reader(lines, delimiter=self.shape.delimiter, quotechar=self.shape.quote)

    def _read_header(self) -> list[str]:
        try:
            with self._opened() as lines:
                if self.json_lines:
                    first = json.loads(lines.readline() or "{}")
                    header = list(first) if isinstance(first, dict) else []
                else:
                    header = [name.strip() for name in next(self._reader(lines), [])]
        except UnicodeDecodeError as error:
            raise self._wrong_encoding(1, error) from None
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise self._broken_gzip(error) from None
        except (csv.Error, ValueError) as error:
            raise InvalidTable(str(self._path), [f"line 1: {error}"]) from None
        if not header:
            raise InvalidTable(str(self._path), ["the file is empty; its first line must name the columns"])
        return header

    def _opened(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(self._bytes(), encoding=self._encoding, newline="")

    def _bytes(self) -> io.BufferedReader:
        if self._path.suffix == ".gz":
            return io.BufferedReader(gzip.open(self._path, "rb"), 2**20)
        return self._path.open("rb")

    def _detected(self) -> str:
        try:
            with self._bytes() as raw:
                sample = raw.read(_SAMPLE)
                cut = bool(raw.read(1))
        except (gzip.BadGzipFile, zlib.error, EOFError) as error:
            raise self._broken_gzip(error) from None
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

    def _wrong_encoding(self, line: int, error: UnicodeDecodeError) -> InvalidTable:
        cure = "save the table as UTF-8 or tell its encoding in the mapping (encoding: gb18030)"
        return InvalidTable(str(self._path), [f"about line {line}: not {error.encoding}; {cure}"])

    def _broken_gzip(self, error: Exception) -> InvalidTable:
        return InvalidTable(str(self._path), [f"the gzip file is damaged ({error}); copy it again"])


def _first_bad_line(sample: bytes) -> int:
    try:
        sample.decode("utf-8")
    except UnicodeDecodeError as error:
        return sample[: error.start].count(b"\n") + 1
    return 1


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
