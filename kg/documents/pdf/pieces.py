"""The pieces of a page, each with a box, before they are ordered."""

from dataclasses import dataclass, replace
from enum import StrEnum

from kg.domain import Box


class PieceKind(StrEnum):
    """The class that the layout analysis gave a piece."""

    HEADING = "heading"
    TEXT = "text"
    ITEM = "item"
    CODE = "code"
    LINE = "line"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Word:
    """A run of characters with its box."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a page; ``rows`` for a table, ``columns`` the boxes of its columns."""

    kind: PieceKind
    text: str
    box: Box
    level: int | None = None
    rows: tuple[tuple[str, ...], ...] = ()
    columns: tuple[tuple[float, float], ...] = ()
    confidence: float | None = None

    def as_text(self, text: str) -> "Piece":
        """The same place as plain text."""
        return replace(self, kind=PieceKind.TEXT, text=text, level=None, rows=(), columns=())


@dataclass(frozen=True, slots=True)
class Page:
    """A page: number from 1, size in points, pieces in reading order, words for looking closer."""

    number: int
    width: float
    height: float
    pieces: tuple[Piece, ...]
    words: tuple[Word, ...] = ()
