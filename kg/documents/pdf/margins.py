"""Running heads, page numbers and download notes, which are no text of the document."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil

from kg.documents.language import han_count
from kg.documents.pdf.pieces import Page, Piece, PieceKind, TextLine, Word, is_number_apart, lines_outside

_BAND = 0.09
_LOST_BAND = 0.15
_LARGER, _SMALLER = 1.25, 0.9
_DIGITS = re.compile(r"\d+")
_PAGE_WORD = re.compile(r"(?:\bp(?:age|g|p)?\.?|\bseite|第)\Z", re.IGNORECASE)
_EDGES = " |-–—·•*_"
_PARTING = ("|", "·", "•")
_OF_VALUES = (":", "：", "=")
_ONE_WORD_HAN = 4
_OF_ALL = re.compile(r"(?:of|/|页|von|de)\s?\d{0,4}", re.IGNORECASE)
_STAMP = re.compile(
    r"(?:Downloaded (?:from|by|on)|Download date|Published by|Digitized by|This content downloaded|Printed from"
    r"|Accessed on"
    r"|For personal use only|Access provided by|Authorized licensed use|Protected by copyright|Copyright ©|©\s*\d{4})",
    re.IGNORECASE,
)
_LEADING_STAMP = re.compile(
    r"\A(?:Downloaded from\s+\S+(?:\s+(?:on|by|at)\s.{0,60}?\d{4})?(?:\s*[-–]\s*Published by\s+\S+)?)\s*", re.IGNORECASE
)
_PAGE_NUMBER = re.compile(
    r"(?:page\s*+)?[-–—]?\s*+(?:\d{1,4}|[ivxl]{1,6})\s*+[-–—]?(?:\s*+(?:of|/)\s*+\d{1,4})?", re.IGNORECASE
)
_ISSUE = re.compile(
    r"(?:[\w.] \| .{0,160}\w \| \w)|www\.\S{1,160}\.\w{1,160}\Z|\bvol(?:ume|\.)?\s*\d.{0,160}\b(?:issue|no)\b"
    r"|\brevision:?\s*\d|\bP/N\b|\A\d{1,2}\s+\w+\s+\d{4}\Z",
    re.IGNORECASE,
)
_NUMBERED_HEAD = re.compile(r"\d{3,4}\s+[A-Z][A-Z .,'’&-]{3,60}(?:\[[^\]]{1,20}\]?)?")
"""A number that counts no sections, before capitals."""


def without_margins(pages: Sequence[Page]) -> list[Page]:
    """The pages without their margins.

    A line in the top or bottom band is dropped if it is a running head, a page number, an issue line or a download
    note; a note joined to the front of a paragraph is cut off it. A running head is on several pages, alike but for a
    number that counts with them; the head of a lone page is told by its form.
    """
    in_band = [[_line_of(piece, page) for piece in page.pieces if _in_band(piece, page)] for page in pages]
    heads = _running_heads(pages, in_band, 2 if len(pages) == 2 else max(3, ceil(0.3 * len(pages))))
    alone = len(pages) == 1
    return [
        replace(page, pieces=tuple(p for piece in page.pieces if (p := _kept(piece, page, heads, alone=alone))))
        for page in pages
    ]


def with_lost_lines(pages: Sequence[Page]) -> list[Page]:
    """The pages with the lines at their top and bottom that the layout analysis took for running heads wrongly.

    It drops lines that differ in digits only ("Half-life 71 min", "Half-life 72 min").
    """
    lost = [lines_outside(page, _edge_words(page)) for page in pages]
    heads = _running_heads(pages, lost, 2)
    restored = []
    for page, lines in zip(pages, lost, strict=True):
        back = [Piece(PieceKind.TEXT, line.text, line.box) for line in lines if heads.get(_shape(line.text)) is False]
        above = [piece for piece in back if piece.box.y1 < page.height / 2]
        below = [piece for piece in back if piece.box.y1 >= page.height / 2]
        restored.append(replace(page, pieces=(*above, *page.pieces, *below)) if back else page)
    return restored


def _edge_words(page: Page) -> list[Word]:
    near = _LOST_BAND * page.height
    return [w for w in page.words if w.angle == 0 and (w.box.y1 < near or w.box.y0 > page.height - near)]


def _line_of(piece: Piece, page: Page) -> TextLine:
    words = [word for word in page.words if piece.box.holds(word.box)]
    height = min((word.box.y1 - word.box.y0 for word in words), default=0.0)
    return TextLine(piece.text, piece.box, height, is_number_apart(words))


def _running_heads(pages: Sequence[Page], lines: Sequence[Sequence[TextLine]], least: int) -> dict[str, bool]:
    """The shapes of lines that stand on as many pages, and whether they are running heads.

    Those are alike, or differ in the number of the page alone.
    """
    seen: dict[str, list[tuple[int, TextLine, float]]] = {}
    for page, of_page in zip(pages, lines, strict=True):
        usual = _letter_height(page) if of_page else 1.0
        for line in of_page:
            size = line.letter_height / usual
            seen.setdefault(_shape(line.text), []).append((page.number, line, size))
    return {shape: _runs(found) for shape, found in seen.items() if len(found) >= least}


def _runs(found: Sequence[tuple[int, TextLine, float]]) -> bool:
    numbers = [_DIGITS.findall(line.text) for _, line, _ in found]
    changing = [n for n in range(len(numbers[0])) if len({one[n] for one in numbers}) > 1]
    if not changing:
        return True
    if any(size > _LARGER for _, _, size in found):
        return False
    steps = {int(numbers[k][changing[0]][-9:]) - page for k, (page, _, _) in enumerate(found)}
    return len(changing) == 1 and len(steps) == 1 and all(_numbers_page(line, changing[0]) for _, line, _ in found)


def _numbers_page(line: TextLine, which: int) -> bool:
    """Whether a number stands where the number of a page does: first, last, after the word, or before ``of 12``.

    That of a label stands beside one word ("Mouse 1"), a value behind a colon ("Half-life in min: 71").
    """
    place = list(_DIGITS.finditer(line.text))[which]
    left, right = line.text[: place.start()].rstrip(), line.text[place.end() :].lstrip()
    before, after = left.strip(_EDGES), right.strip(_EDGES)
    if _PAGE_WORD.search(before) or _OF_ALL.match(after):
        return True
    if before and after:
        return False
    rest = before or after
    apart = line.number_apart or left.endswith(_PARTING) or right.startswith(_PARTING)
    is_word = rest.replace("-", "").isalpha() and han_count(rest) <= _ONE_WORD_HAN
    return apart or not (is_word or before.endswith(_OF_VALUES))


def _letter_height(page: Page) -> float:
    """The height of most letters of a page."""
    heights: Counter[float] = Counter()
    for word in page.words:
        heights[round(word.box.y1 - word.box.y0, 1)] += len(word.text)
    return heights.most_common(1)[0][0] or 1.0 if heights else 1000.0


def _kept(piece: Piece, page: Page, heads: Mapping[str, bool], *, alone: bool) -> Piece | None:
    if piece.kind is PieceKind.TABLE:
        return piece
    text = piece.text.strip()
    is_head = heads.get(_shape(text)) if _in_band(piece, page) else None
    if is_head is False:
        return piece
    if alone and piece.kind in (PieceKind.TEXT, PieceKind.LINE) and _stands_apart(piece, page):
        return None
    if piece.box.y0 >= 0.87 * page.height and len(text) <= 100 and _ISSUE.search(text):
        return None
    if _in_band(piece, page):
        short = len(text) <= 160
        if (short and is_head) or _PAGE_NUMBER.fullmatch(text):
            return None
        if short and (_STAMP.match(text) or _ISSUE.search(text) or (alone and _NUMBERED_HEAD.match(text))):
            return None
    if (
        _STAMP.match(text)
        and len(text) <= 120
        and (piece.box.y0 > 0.85 * page.height or piece.box.y1 < 0.15 * page.height)
    ):
        return None
    cut = _LEADING_STAMP.sub("", text)
    if cut != text:
        return replace(piece, text=cut) if cut else None
    return piece


def _stands_apart(piece: Piece, page: Page) -> bool:
    """Whether a short line at the edge of the page is far from all other text, and in smaller letters."""
    if _line_of(piece, page).letter_height > _SMALLER * _letter_height(page):
        return False
    if len(piece.text) > 60 or piece.text.rstrip().endswith((".", "。")):
        return False
    if piece.box.y1 - piece.box.y0 > 0.03 * page.height:
        return False
    others = [other.box for other in page.pieces if other is not piece]
    far = 0.03 * page.height
    if piece.box.y0 >= 0.88 * page.height:
        return bool(others) and all(piece.box.y0 - box.y1 >= far for box in others)
    if piece.box.y1 <= 0.05 * page.height:
        return bool(others) and all(box.y0 - piece.box.y1 >= far for box in others)
    return False


def _in_band(piece: Piece, page: Page) -> bool:
    small = piece.box.y1 - piece.box.y0 < 0.06 * page.height
    return small and (piece.box.y1 <= _BAND * page.height or piece.box.y0 >= (1 - _BAND) * page.height)


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", "".join(text.split())).casefold()[:80]
