"""Pages and parts of pages whose text runs sideways or upside down."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from kg.documents.pdf.pieces import Page, Piece, PieceKind, Word, lines_outside
from kg.domain import Box

_FEWEST_LETTERS = 60
_FEWEST_LINES = 3
_SHARE = 0.5


def turned(page: Page) -> list[int]:
    """The angles, clockwise, at which a page has text that is more than a stamp at the margin or the label of an axis.

    Angles are 90, 180 and 270.
    """
    letters: Counter[int] = Counter()
    lines: dict[int, set[int]] = {}
    for word in page.words:
        letters[word.angle] += len(word.text)
        across = word.box.x0 if word.angle in (90, 270) else word.box.y0
        lines.setdefault(word.angle, set()).add(round(across / 4))
    whole = sum(letters.values())
    return [
        angle
        for angle in (90, 180, 270)
        if letters[angle] > _SHARE * whole
        or (letters[angle] >= _FEWEST_LETTERS and len(lines.get(angle, ())) >= _FEWEST_LINES)
    ]


def merged(page: Page, corrected: Iterable[tuple[int, Page]]) -> Page:
    """The page with its upright text, then the text at each angle as read on the page turned by it."""
    pieces = [piece for piece in page.pieces if _angle(piece, page.words) == 0]
    for angle, straight in corrected:
        pieces += [_turned_back(piece, angle, page) for piece in _upright(straight)]
    return replace(page, pieces=tuple(pieces))


def _upright(page: Page) -> list[Piece]:
    """The upright pieces of a page, and the lines that the layout analysis left out, each where it stands."""
    pieces = [piece for piece in page.pieces if _angle(piece, page.words) == 0]
    for line in lines_outside(page, (word for word in page.words if word.angle == 0)):
        at = next((n for n, piece in enumerate(pieces) if piece.box.y0 > line.box.y0), len(pieces))
        pieces.insert(at, Piece(PieceKind.TEXT, line.text, line.box))
    return pieces


def _angle(piece: Piece, words: Iterable[Word]) -> int:
    """The angle of most letters in the box of a piece."""
    letters: Counter[int] = Counter()
    for word in words:
        if piece.box.holds(word.box):
            letters[word.angle] += len(word.text)
    return letters.most_common(1)[0][0] if letters else 0


def _turned_back(piece: Piece, angle: int, page: Page) -> Piece:
    return replace(piece, box=turned_back(piece.box, angle, page.width, page.height), columns=())


def turned_back(box: Box, angle: int, width: float, height: float) -> Box:
    """A box on a page turned upright, as a box on the page of that width and height as it is."""
    if angle == 180:
        return Box(width - box.x1, height - box.y1, width - box.x0, height - box.y0)
    if angle == 90:
        return Box(width - box.y1, box.x0, width - box.y0, box.x1)
    return Box(box.y0, height - box.x1, box.y1, height - box.x0)
