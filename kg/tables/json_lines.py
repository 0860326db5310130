"""Rows of a file of JSON: an object a line, or one list of objects."""

from collections.abc import Collection, Iterator, Sequence
from itertools import chain
from pathlib import Path

from kg.errors import InvalidTable
from kg.tables.cells import read_json, text_of
from kg.tables.report import Findings
from kg.tables.shapes import FileShape
from kg.tables.text_file import TextFile

SUFFIXES = (".jsonl", ".ndjson", ".json")


class JsonLinesTable:
    """The table of a file whose columns are the keys of all its lines.

    The columns that a mapping names are given their places before any line is read. One that no line has is told at the
    end of the rows, and only a reader of all columns, ``header``, has the file read once more.
    """

    def __init__(self, path: Path, shape: FileShape, findings: Findings) -> None:
        self.file = shape.file
        self._findings = findings
        self._text = TextFile(path, shape, findings)
        self._columns: list[str] = []

    @property
    def header(self) -> Sequence[str]:
        """The keys of all lines, in the order in which they are met."""
        return list(dict.fromkeys(key for _, record in self._records(Findings()) for key in record))

    def places(self, columns: Collection[str]) -> list[int]:
        """Where the cells of these columns are in the rows."""
        self._columns += [column for column in dict.fromkeys(columns) if column not in self._columns]
        return [self._columns.index(column) for column in columns]

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each line; lines that are no object are reported and left out.

        Raises InvalidTable at the end for columns that no line has.
        """
        known: dict[str, None] = {}
        missing = set(self._columns)
        for number, record in self._records(self._findings):
            if missing:
                known.update(dict.fromkeys(record))
                missing.difference_update(record)
            yield number, [text_of(record.get(column)) for column in self._columns]
        if known and missing:
            there = ", ".join(known)
            problems = [f"no column {column!r}; there are {there}" for column in self._columns if column in missing]
            raise InvalidTable(str(self._text.path), problems)

    def _records(self, findings: Findings) -> Iterator[tuple[int, dict[str, object]]]:
        number = 1
        with self._text.refused(lambda: number), self._text.opened() as lines:
            first = lines.readline()
            if first.lstrip().startswith("["):
                yield from self._listed(first + lines.read(), findings)
                return
            for number, line in enumerate(chain([first], lines), 1):
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

    def _listed(self, text: str, findings: Findings) -> Iterator[tuple[int, dict[str, object]]]:
        """The objects of a list, by their number; raises ValueError for what is no JSON."""
        found = read_json(text)
        for number, record in enumerate(found if isinstance(found, list) else (), 1):
            if isinstance(record, dict):
                yield number, record
            else:
                findings.add("columns", self.file, "not a JSON object", number)
