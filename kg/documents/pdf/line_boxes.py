"""The lines of blocks: where in a block's text each line of the page begins, with its box."""

import re
from collections.abc import Sequence
from dataclasses import replace

from kg.documents.pdf.pieces import Page
from kg.domain import Block, Box

_Placed = tuple[float, float, str, Box]
"""A word: its middle, its letters and its box."""

_FAR = 120
"""A word is looked for in so many characters of a block, so that a repeated one is found near where it stands."""
_NO_INK = re.compile(r"[\W_]+")
_INK = re.compile(r"[^\W_]")
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def with_lines(blocks: Sequence[Block], pages: Sequence[Page]) -> tuple[Block, ...]:
    """The blocks with the boxes of their lines, as far as the words of the page are found in their text in order."""
    words = {
        page.number: [((w.box.x0 + w.box.x1) / 2, (w.box.y0 + w.box.y1) / 2, _plain(w.text), w.box) for w in page.words]
        for page in pages
    }
    return tuple(
        block if block.box is None else replace(block, lines=_lines(block, block.box, words.get(block.page or 0, [])))
        for block in blocks
    )


def _lines(block: Block, box: Box, words: Sequence[_Placed]) -> tuple[tuple[int, Box], ...]:
    x0, y0, x1, y1 = box.x0 - 1, box.y0 - 1, box.x1 + 1, box.y1 + 1
    inside = [(wanted, place) for x, y, wanted, place in words if y0 <= y <= y1 and x0 <= x <= x1 and wanted]
    plain = _plain(block.text)
    lines: list[tuple[int, Box]] = []
    at = 0
    for wanted, place in inside:
        found = plain.find(wanted, at, at + _FAR + len(wanted))
        if found < 0:
            continue
        if lines and _is_same_line(lines[-1][1], place):
            lines[-1] = (lines[-1][0], Box.around((lines[-1][1], place)))
        else:
            lines.append((found, place))
        at = found + len(wanted)
    if not lines:
        return ()
    offsets = [found.start() for found in _INK.finditer(block.text)]
    rounded = [(offsets[at], Box(*(round(v, 1) for v in (b.x0, b.y0, b.x1, b.y1)))) for at, b in lines]
    return ((0, rounded[0][1]), *rounded[1:])


def _plain(text: str) -> str:
    """The letters and digits, without raising, one character for each."""
    return _NO_INK.sub("", text).translate(_PLAIN)


def _is_same_line(line: Box, word: Box) -> bool:
    middle = (word.y0 + word.y1) / 2
    return line.y0 <= middle <= line.y1 and word.x0 >= line.x0
