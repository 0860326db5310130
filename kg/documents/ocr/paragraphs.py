"""Lines read from a picture, put in reading order and joined to paragraphs."""

from collections.abc import Sequence
from statistics import median

from kg.documents.ocr.page_reader import Line
from kg.documents.plain_text import joined_lines
from kg.domain import Box


def paragraphs(lines: Sequence[Line]) -> list[Line]:
    """Paragraphs: columns from left to right, close lines joined.

    The confidence of a paragraph is the mean over its characters.
    """
    lines = [line for line in lines if line.text.strip()]
    if not lines:
        return []
    height = median(line.box.y1 - line.box.y0 for line in lines)
    groups: list[list[Line]] = []
    for column in _columns(lines):
        group: list[Line] = []
        for line in _rows(column, height):
            if group and not _goes_on(group, line, height):
                groups.append(group)
                group = []
            group.append(line)
        if group:
            groups.append(group)
    return [_paragraph(group) for group in groups]


def mean_confidence(lines: Sequence[Line]) -> float:
    """The mean confidence over the characters; 0 without any."""
    letters = sum(len(line.text) for line in lines)
    return sum(line.confidence * len(line.text) for line in lines) / letters if letters else 0.0


def _columns(lines: Sequence[Line]) -> list[list[Line]]:
    """Lines above, in and below two columns, where an empty gutter parts most of them; else all in one."""
    left, right = min(line.box.x0 for line in lines), max(line.box.x1 for line in lines)
    width = right - left
    best: tuple[int, float] = (len(lines), 0.0)
    for step in range(35, 66):
        x = left + width * step / 100
        crossing = sum(1 for line in lines if line.box.x0 < x - 0.005 * width and line.box.x1 > x + 0.005 * width)
        best = min(best, (crossing, x), key=lambda pair: (pair[0], abs(pair[1] - (left + right) / 2)))
    crossing, x = best
    one = [line for line in lines if line.box.x1 <= x + 0.005 * width]
    two = [line for line in lines if line.box.x0 >= x - 0.005 * width]
    if crossing > 0.15 * len(lines) or min(len(one), len(two)) < 5:
        return [list(lines)]
    top = min(min(line.box.y0 for line in one), min(line.box.y0 for line in two))
    wide = [line for line in lines if line not in one and line not in two]
    above = [line for line in wide if line.box.y0 <= top]
    below = [line for line in wide if line.box.y0 > top]
    return [part for part in (above, one, two, below) if part]


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
