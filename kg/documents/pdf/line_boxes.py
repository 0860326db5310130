"""The lines of blocks: where in a block's text each line of the page begins, with its box."""

from collections.abc import Sequence
from dataclasses import replace

from kg.documents.pdf.pieces import Page, Word
from kg.domain import Block, Box

_FAR = 120
"""A word is looked for in so many characters of a block, so that a repeated one is found near where it stands."""
_PLAIN = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


def with_lines(blocks: Sequence[Block], pages: Sequence[Page]) -> tuple[Block, ...]:
    """The blocks with the boxes of their lines, as far as the words of the page are found in their text in order."""
    words = {page.number: page.words for page in pages}
    return tuple(
        block if block.box is None else replace(block, lines=_lines(block, block.box, words.get(block.page or 0, ())))
        for block in blocks
    )


def _lines(block: Block, box: Box, words: Sequence[Word]) -> tuple[tuple[int, Box], ...]:
    places, plain = _inked(block.text)
    lines: list[tuple[int, Box]] = []
    at = 0
    for word in words:
        if not box.holds(word.box):
            continue
        _, wanted = _inked(word.text)
        found = plain.find(wanted, at, at + _FAR + len(wanted)) if wanted else -1
        if found < 0:
            continue
        if lines and _is_same_line(lines[-1][1], word.box):
            lines[-1] = (lines[-1][0], Box.around((lines[-1][1], word.box)))
        else:
            lines.append((places[found], word.box))
        at = found + len(wanted)
    if not lines:
        return ()
    rounded = [(start, Box(*(round(v, 1) for v in (b.x0, b.y0, b.x1, b.y1)))) for start, b in lines]
    return ((0, rounded[0][1]), *rounded[1:])


def _inked(text: str) -> tuple[list[int], str]:
    """Places of letters and digits, and these without case and raising."""
    places = [n for n, character in enumerate(text) if character.isalnum()]
    plain = text.translate(_PLAIN)
    return places, "".join([plain[n].lower()[0] for n in places])


def _is_same_line(line: Box, word: Box) -> bool:
    middle = (word.y0 + word.y1) / 2
    return line.y0 <= middle <= line.y1 and word.x0 >= line.x0
