"""The nouns of a mapping: which columns of which tables are what."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Split = tuple[str, ...] | Literal["blanks", "brackets"]
SCRIPTS = ("zh", "zh-Hant", "pinyin", "la", "en", "symbol", "id")
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True, slots=True)
class Template:
    """Text with ``{column}`` places; a plain column is the template of that one place."""

    parts: tuple[str, ...]
    columns: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "Template":
        """Of a text with places."""
        pieces = _PLACEHOLDER.split(text)
        return cls(tuple(pieces[0::2]), tuple(pieces[1::2]))

    @property
    def plain_column(self) -> str | None:
        """The column, where the template is nothing else."""
        return self.columns[0] if self.parts == ("", "") else None


@dataclass(frozen=True, slots=True)
class Value:
    """A constant, or a column whose values may be mapped; ``others`` is the value for cells outside the map."""

    constant: str | None = None
    column: str | None = None
    map: Mapping[str, str] = field(default_factory=dict)
    others: Literal["itself", "none"] = "itself"

    def of(self, cell: str) -> str:
        """The value of a cell of the column."""
        if self.constant is not None:
            return self.constant
        return self.map.get(cell, cell if self.others == "itself" else "")


@dataclass(frozen=True, slots=True)
class When:
    """Only for rows whose column holds one of the values."""

    column: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class NameColumn:
    """Names from a column; ``split`` is separators, or a named way to split."""

    column: str
    script: str
    preferred: bool = False
    split: Split = ()
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Keyed:
    """A keyed value from a column; ``whole`` drops the ``.0`` that spreadsheets add to whole numbers."""

    key: str
    column: str
    whole: bool = False
    when: When | None = None


@dataclass(frozen=True, slots=True)
class Pairs:
    """A column that holds many keyed values in one cell."""

    column: str


def columns_of(values: tuple[NameColumn, ...] | tuple[Keyed, ...] | Pairs) -> list[str]:
    """The columns of names or keyed values."""
    return [values.column] if isinstance(values, Pairs) else [value.column for value in values]


@dataclass(frozen=True, slots=True)
class FileShape:
    """The location of a table and the form of its cells.

    ``part`` names an optional part of the mapping, ``sheet`` a sheet of a workbook other than the first. With
    ``lone_quotes`` a quote is a mark only where it encloses a whole cell.
    """

    file: str
    delimiter: str
    quote: str | None
    encoding: str | None = None
    part: str | None = None
    sheet: str | None = None
    lone_quotes: bool = False


@dataclass(frozen=True, slots=True)
class EntityTable:
    """A table whose rows are entities; ``attributes_rest`` takes the columns that nothing else uses."""

    shape: FileShape
    id: Template
    type: Value
    names: tuple[NameColumn, ...] | Pairs = ()
    identifiers: tuple[Keyed, ...] | Pairs = ()
    attributes: tuple[Keyed, ...] | Pairs = ()
    attributes_rest: bool = False
    bare: str | None = None
    twice: Literal["merge", "report"] = "report"


@dataclass(frozen=True, slots=True)
class Creation:
    """Ends with this id prefix become bare entities; the rest of the id is kept as ``identifier``."""

    prefix: str
    type: str
    identifier: str | None = None


@dataclass(frozen=True, slots=True)
class RelationTable:
    """A table whose rows are relations."""

    shape: FileShape
    subject: Template
    predicate: Value
    object: Template
    polarity: Value | None = None
    grade: Value | None = None
    qualifiers: tuple[Keyed, ...] | Pairs = ()
    evidence: tuple[Template, ...] = ()
    quote: Template | None = None
    evidence_json: str | None = None
    create: tuple[Creation, ...] = ()


@dataclass(frozen=True, slots=True)
class Mapping_:
    """A mapping file: its tables, entities first."""

    name: str
    entities: tuple[EntityTable, ...]
    relations: tuple[RelationTable, ...]

    @property
    def parts(self) -> frozenset[str]:
        """Names of the optional parts."""
        shapes = [t.shape for t in self.entities] + [t.shape for t in self.relations]
        return frozenset(shape.part for shape in shapes if shape.part)
