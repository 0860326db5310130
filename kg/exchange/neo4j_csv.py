"""CSV files as `neo4j-admin database import` reads them and APOC writes them."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from kg.errors import InvalidTable
from kg.exchange.domain import Edge, Node, Value
from kg.tables.files import opened, readable
from kg.tables.report import Findings
from kg.tables.shapes import FileShape
from kg.tables.table_file import TextTable

_STRUCTURE = frozenset({"IGNORE", "START_ID", "END_ID", "TYPE", "LABEL"})
_FIELD = re.compile(r"(?P<name>[^:]*)(?::(?P<kind>[A-Za-z_]+)(?P<many>\[\])?)?(?:\((?P<space>[^)]*)\))?(?:\{.*\})?")
_APOC = {"_id": ":ID", "_labels": ":LABEL", "_start": ":START_ID", "_end": ":END_ID", "_type": ":TYPE"}
_PART = re.compile(r"[-_.]?(?:header|(?:part[-_]?|[-_]|(?<!\d))\d+)$", re.IGNORECASE)
_MARK = re.compile(rb":(?:START_|END_)?ID\b|(?<![^,;|\t\"'])_(?:labels|start)(?![^,;|\t\"'\r\n])")


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    kind: str
    many: bool
    space: str


@dataclass(frozen=True, slots=True)
class _File:
    """A file of rows, its fields, and whether its own first line is a row."""

    path: Path
    fields: tuple[_Field, ...]
    headed: bool

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of its fields."""
        return frozenset(field.kind for field in self.fields)


def _there_twice(fields: Sequence[_Field]) -> list[str]:
    """The properties that are there twice; in a file of nodes and relationships those of each count apart."""
    kinds = [field.kind for field in fields]
    cut = kinds.index("START_ID") if "ID" in kinds and "START_ID" in kinds else 0
    found: set[str] = set()
    for part in (fields[:cut], fields[cut:]):
        named = Counter(f.name for f in part if f.name and f.kind not in _STRUCTURE)
        found |= {name for name, times in named.items() if times > 1}
    return sorted(found)


def is_neo4j_csv(folder: Path) -> bool:
    """Whether a CSV file of the folder has the header of such an export."""
    return any(_MARK.search(_first_line(path)) for path in _tables(folder))


class Neo4jCsv:
    """The nodes and relationships of a folder of such files.

    A header may stand in a file of its own (``Gene-header.csv`` beside ``Gene-part000.csv``). Without a column
    ``:LABEL`` or ``:TYPE`` the name of the file is the label or the type. Ids of an id space stand behind its name.
    """

    def __init__(self, folder: Path) -> None:
        self.name = f"the Neo4j export {folder.resolve().name}"
        self.findings = Findings()
        self._folder = folder
        self._files = list(self._read_headers())

    def nodes(self) -> Iterator[Node]:
        """Every node."""
        for file in self._files:
            if "ID" in file.kinds:
                for row in self._rows(file, "ID", self.findings):
                    labels = row.pop(":LABEL", ()) or (_stem(file.path),)
                    yield Node(_one(row.pop(":ID")), (labels,) if isinstance(labels, str) else labels, row)

    def edges(self) -> Iterator[Edge]:
        """Every relationship."""
        for file in self._files:
            if {"START_ID", "END_ID"} <= file.kinds:
                # the problems of a file that holds nodes too were told when these were read
                findings = Findings() if "ID" in file.kinds else self.findings
                for row in self._rows(file, "START_ID", findings):
                    ends = _one(row.pop(":START_ID")), _one(row.pop(":END_ID", ""))
                    yield Edge(ends[0], _one(row.pop(":TYPE", "")) or _stem(file.path), ends[1], row)

    def _rows(self, file: _File, needed: str, findings: Findings) -> Iterator[dict[str, Value]]:
        """The rows as properties; those of the structure under ``:ID`` and so on."""
        table = self._table(file.path, findings)
        arrays = "|" if table.shape.delimiter == ";" else ";"
        for line, row in table.rows() if file.headed else chain([(1, table.header)], table.rows()):
            read: dict[str, Value] = {}
            for field, cell in zip(file.fields, row, strict=True):
                if not cell or field.kind == "IGNORE":
                    continue
                if field.kind in ("ID", "START_ID", "END_ID"):
                    # several columns are the parts of one id
                    before = read.get(key := f":{field.kind}")
                    read[key] = f"{before or field.space}:{cell}" if before or field.space else cell
                    if field.name:
                        read[field.name] = cell
                elif field.kind == "LABEL":
                    labels = tuple(part for part in re.split(r"[;:|]", cell) if part)
                    read[":LABEL"] = (*read.get(":LABEL", ()), *labels)
                elif field.kind == "TYPE":
                    read[":TYPE"] = cell
                else:
                    read[field.name] = tuple(cell.split(arrays)) if field.many else cell
            if f":{needed}" in read:
                yield read
            elif not read.keys() & {":ID", ":START_ID"}:
                findings.add("missing_id", table.file, f"no :{needed}", line)

    def _read_headers(self) -> Iterator[_File]:
        headers: dict[str, tuple[_Field, ...]] = {}
        bare = []
        for path in _tables(self._folder):
            if _MARK.search(_first_line(path)):
                table = self._table(path, Findings())
                fields = tuple(_field(column) for column in table.header)
                if twice := _there_twice(fields):
                    raise InvalidTable(str(path), [f"property {name!r} is there twice; rename one" for name in twice])
                if next(table.rows(), None) is None:
                    headers[_stem(path)] = fields
                else:
                    yield _File(path, fields, True)
            else:
                bare.append(path)
        for path in bare:
            if (known := headers.get(_stem(path))) is None:
                self.findings.add("columns", path.name, "no header with :ID or :START_ID belongs to it")
            elif len(self._table(path, Findings()).header) != len(known):
                raise InvalidTable(
                    str(path), [f"the header file of {_stem(path)} has {len(known)} columns, this has not"]
                )
            else:
                yield _File(path, known, False)

    def _table(self, path: Path, findings: Findings) -> TextTable:
        header = _first_line(path).decode("utf-8", "replace")
        delimiter = max(",;\t|", key=header.count)
        quote = "'" if header.count("'") > header.count('"') else '"'
        name = str(path.relative_to(self._folder))
        return TextTable(path, FileShape(name, delimiter, quote), findings)


def _field(column: str) -> _Field:
    column = _APOC.get(column, column)
    found = _FIELD.fullmatch(column)
    if found is None:
        return _Field(column, "string", False, "")
    return _Field(found["name"], found["kind"] or "string", bool(found["many"]), found["space"] or "")


def _one(value: Value) -> str:
    return value if isinstance(value, str) else ";".join(value)


def _tables(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if re.search(r"\.(csv|tsv|txt)(\.gz)?$", p.name))


def _stem(path: Path) -> str:
    """The name that a file shares with its header and other parts."""
    stem = re.sub(r"\.(csv|tsv|txt)(\.gz)?$", "", path.name)
    while (shorter := _PART.sub("", stem)) not in ("", stem):
        stem = shorter
    return stem


def _first_line(path: Path) -> bytes:
    with readable(path), opened(path) as file:
        return file.readline(2**16)
