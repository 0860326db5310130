"""A table that an import reads, whatever holds it."""

from collections.abc import Collection, Iterator, Sequence
from typing import Protocol

from kg.errors import InvalidTable


class Columns(Protocol):
    """What the readers of cells ask of a table."""

    def places(self, columns: Collection[str]) -> list[int]:
        """Where the columns are; raises InvalidTable for those that are not there."""


class Table(Columns, Protocol):
    """An open table: its header, and its rows with their line numbers."""

    @property
    def file(self) -> str:
        """The file as the mapping names it."""

    @property
    def header(self) -> Sequence[str]:
        """The names of the columns."""

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and cells of each row; rows with a wrong number of columns are reported and left out."""


def places_in(header: Sequence[str], columns: Collection[str], where: str) -> list[int]:
    """Where the columns are; raises InvalidTable for those that are not there, or if the header repeats one."""
    problems = [f"no column {c!r}; there are {', '.join(header)}" for c in columns if c not in header]
    problems += [f"column {c!r} is there twice" for c in sorted({*header} - {""}) if header.count(c) > 1]
    if problems:
        raise InvalidTable(where, problems)
    return [header.index(c) for c in columns]
