"""The pieces of a page, each with a box, before they are ordered."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from kg.domain import Box

_WIDE_GAP = 1.5
"""In heights of letters."""


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
    """A run of characters with its box; ``angle`` is 0, 90, 180 or 270, clockwise.

    ``letter_height`` is that of most of its words: a raised mark makes the box higher.
    """

    text: str
    box: Box
    angle: int = 0
    letter_height: float = 0.0


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
class TextLine:
    """A line of words; ``letter_height`` is that of its smallest word.

    ``number_apart`` where a wide gap parts a number from the rest, as that of a page at the outer edge.
    """

    text: str
    box: Box
    letter_height: float
    number_apart: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A page: number from 1, size in points, pieces in reading order, words for looking closer."""

    number: int
    width: float
    height: float
    pieces: tuple[Piece, ...]
    words: tuple[Word, ...] = ()


def lines_outside(page: Page, words: Iterable[Word]) -> list[TextLine]:
    """The lines of those words that are in no piece of the page, from the top down."""
    outside = [word for word in words if word.text.strip() and not any(p.box.holds(word.box) for p in page.pieces)]
    lines: list[list[Word]] = []
    for word in sorted(outside, key=lambda one: one.box.y1):
        if lines and abs(lines[-1][0].box.y1 - word.box.y1) < 0.4 * (word.box.y1 - word.box.y0):
            lines[-1].append(word)
        else:
            lines.append([word])
    return [
        TextLine(
            " ".join(word.text.strip() for word in sorted(line, key=lambda one: one.box.x0)),
            Box.around(word.box for word in line),
            min(word.box.y1 - word.box.y0 for word in line),
            is_number_apart(line),
        )
        for line in lines
    ]


def is_number_apart(words: Iterable[Word]) -> bool:
    """Whether the first or the last of the words of a line is a number, a wide gap from its neighbour."""
    line = sorted((word for word in words if word.text.strip()), key=lambda one: one.box.x0)
    return len(line) > 1 and any(
        number.text.strip().isdecimal() and right.box.x0 - left.box.x1 > _WIDE_GAP * (number.box.y1 - number.box.y0)
        for number, left, right in ((line[0], *line[:2]), (line[-1], *line[-2:]))
    )
