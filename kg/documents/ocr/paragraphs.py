"""Lines read from a picture, put in reading order and joined to paragraphs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from statistics import median

from kg.documents.ocr.orientation import turned_left
from kg.documents.ocr.page_reader import Line
from kg.documents.plain_text import joined_lines
from kg.domain import Box

_FEWEST = 5
"""Lines of a column."""
_FILLED = 0.4
"""The share of its room that a line of prose fills; the cells of a table leave more empty."""
_NEAR = 0.005
"""The share of the width by which a line may reach over a gutter."""
_MOSTLY = 0.9
"""The share of a line on one side of a gutter that makes it a line of that side."""


def paragraphs(lines: Sequence[Line], angle: int = 0) -> list[Line]:
    """Paragraphs: columns from left to right, close lines joined; ``angle`` is that of the text, clockwise.

    The confidence of a paragraph is the mean over its characters.
    """
    upright = [_turned(line, angle) for line in lines if line.text.strip()]
    return [_turned(_paragraph(group), -angle % 360) for group in _groups(upright)] if upright else []


def mean_confidence(lines: Sequence[Line]) -> float:
    """The mean confidence over the characters; 0 without any."""
    letters = sum(len(line.text) for line in lines)
    return sum(line.confidence * len(line.text) for line in lines) / letters if letters else 0.0


def _groups(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """The lines of each paragraph."""
    height = median(line.box.y1 - line.box.y0 for line in lines)
    for column in _columns(lines):
        group: list[Line] = []
        for line in _rows(column, height):
            if group and not _goes_on(group, line, height):
                yield group
                group = []
            group.append(line)
        yield group


def _columns(lines: Sequence[Line]) -> list[list[Line]]:
    """The lines in parts, in reading order: from the top down those across the gutter, and columns between them."""
    gutter = _gutter(lines)
    if gutter is None:
        return [list(lines)]
    parts: list[list[Line]] = []
    by_top = sorted(lines, key=lambda one: one.box.y0)
    for across, run in groupby(by_top, key=lambda one: _side(one, *gutter) == 0):
        band = list(run)
        if across:
            parts.append(band)
            continue
        for side in (-1, 1):
            if column := [line for line in band if _side(line, *gutter) == side]:
                parts += _columns(column)
    return parts


def _gutter(lines: Sequence[Line]) -> tuple[float, float] | None:
    """Where columns are parted, and how exactly: most lines stand on either side of it and fill their side."""
    left, right = min(line.box.x0 for line in lines), max(line.box.x1 for line in lines)
    width = right - left
    near = _NEAR * width
    places = [left + width * step / 100 for step in range(25, 76)]
    crossing = [sum(1 for line in lines if _side(line, x, near) == 0) for x in places]
    fewest, x = min(zip(crossing, places, strict=True), key=lambda pair: (pair[0], abs(pair[1] - (left + right) / 2)))
    if fewest > len(lines) / 2:
        return None
    for side, room in ((-1, x - left), (1, right - x)):
        widths = [line.box.x1 - line.box.x0 for line in lines if _side(line, x, near) == side]
        if len(widths) < _FEWEST or median(widths) < _FILLED * room:
            return None
    return x, near


def _side(line: Line, x: float, near: float) -> int:
    """-1 for a line to the left of a place, 1 for one to the right, 0 for one across it."""
    reach = max(near, (1 - _MOSTLY) * (line.box.x1 - line.box.x0))
    if line.box.x1 <= x + reach:
        return -1
    return 1 if line.box.x0 >= x - reach else 0


def _rows(lines: Sequence[Line], height: float) -> list[Line]:
    """Lines from the top down; pieces of one row from the left to the right."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: (one.box.y0 + one.box.y1) / 2):
        middle = (line.box.y0 + line.box.y1) / 2
        if rows and abs(middle - (rows[-1][0].box.y0 + rows[-1][0].box.y1) / 2) < 0.5 * height:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [line for row in rows for line in sorted(row, key=lambda one: one.box.x0)]


def _goes_on(group: Sequence[Line], line: Line, height: float) -> bool:
    before = group[-1]
    gap = line.box.y0 - before.box.y1
    same_row = line.box.y0 < (before.box.y0 + before.box.y1) / 2
    indented = line.box.x0 > min(one.box.x0 for one in group) + 1.5 * height and not same_row
    ended = before.text.rstrip().endswith((".", "。", "!", "！", "?", "？", ":", "："))
    return (same_row or gap < 0.8 * height) and not (indented and ended)


def _paragraph(lines: Sequence[Line]) -> Line:
    box = Box.around(line.box for line in lines)
    return Line(joined_lines([line.text for line in lines]), box, mean_confidence(lines), tuple(lines))


def _turned(line: Line, angle: int) -> Line:
    return replace(line, box=turned_left(line.box, angle), parts=tuple(_turned(part, angle) for part in line.parts))
