"""The lines of blocks: where in a block's text each line of the page begins, with its box."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import compress

import numpy as np

from kg.documents.pdf.pieces import Page
from kg.domain import Block, Box

_Placed = tuple[np.ndarray, list[tuple[str, Box]]]
"""The words of a page: their middles, and of each its letters and its box."""

_FAR = 120
"""A word is looked for in so many characters of a block, so that a repeated one is found near where it stands."""
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉ⁿ", "01234567890123456789n")


def with_lines(blocks: Sequence[Block], pages: Sequence[Page]) -> tuple[Block, ...]:
    """The blocks with the boxes of their lines, as far as the words of the page are found in their text in order."""
    words = {page.number: _placed(page) for page in pages}
    return tuple(
        block
        if block.box is None or block.page not in words
        else replace(block, lines=_lines(block, block.box, words[block.page]))
        for block in blocks
    )


def _placed(page: Page) -> _Placed:
    words = [(plain, word.box) for word in page.words if (plain := _plain(word.text))]
    middles = [((box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2) for _, box in words]
    return np.array(middles).reshape(-1, 2), words


def _lines(block: Block, box: Box, placed: _Placed) -> tuple[tuple[int, Box], ...]:
    middles, words = placed
    low, high = (box.x0 - 1, box.y0 - 1), (box.x1 + 1, box.y1 + 1)
    inside = [words[n] for n in np.flatnonzero(np.all((middles >= low) & (middles <= high), axis=1))]
    plain = _plain(block.text)
    lines: list[tuple[int, list[Box]]] = []
    top = bottom = left = 0.0
    at = 0
    for wanted, place in inside:
        found = plain.find(wanted, at, at + _FAR + len(wanted))
        if found < 0:
            continue
        if lines and top <= (place.y0 + place.y1) / 2 <= bottom and place.x0 >= left:
            lines[-1][1].append(place)
            top, bottom = min(top, place.y0), max(bottom, place.y1)
        else:
            lines.append((found, [place]))
            top, bottom, left = place.y0, place.y1, place.x0
        at = found + len(wanted)
    if not lines:
        return ()
    offsets = list(compress(range(len(block.text)), map(str.isalnum, block.text)))
    rounded = [(offsets[at], _rounded(Box.around(words))) for at, words in lines]
    return ((0, rounded[0][1]), *rounded[1:])


def _rounded(box: Box) -> Box:
    return Box(*(round(side, 1) for side in (box.x0, box.y0, box.x1, box.y1)))


def _plain(text: str) -> str:
    """The letters and digits, neither raised nor lowered, one character for each."""
    return "".join(filter(str.isalnum, text)).translate(_PLAIN)
