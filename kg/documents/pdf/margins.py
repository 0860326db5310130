"""Running heads, page numbers and download notes, which are no text of the document."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from kg.documents.pdf.pieces import Page, Piece, PieceKind

_BAND = 0.09
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
    r"(?:page\s*)?[-–—]?\s*(?:\d{1,4}|[ivxl]{1,6})\s*[-–—]?(?:\s*(?:of|/)\s*\d{1,4})?", re.IGNORECASE
)
_ISSUE = re.compile(
    r"(?:[\w.] \| .*\w \| \w)|www\.\S+\.\w+\Z|\bvol(?:ume|\.)?\s*\d+.*\b(?:issue|no)\b"
    r"|\brevision:?\s*\d|\bP/N\b|\A\d{1,2}\s+\w+\s+\d{4}\Z",
    re.IGNORECASE,
)
_NUMBERED_HEAD = re.compile(
    r"\d{1,4}\s+[A-Z][A-Z .,'’&-]{3,60}(?:\[[^\]]{1,20}\]?)?|[A-Z][A-Z .,'’&-]{3,60}\s\d{1,4}\Z"
)


def without_margins(pages: Sequence[Page]) -> list[Page]:
    """The pages without their margins.

    A line in the top or bottom band is dropped if it repeats on other pages, or is a page number, an issue line
    or a download note; a note joined to the front of a paragraph is cut off it.
    """
    seen: Counter[str] = Counter()
    for page in pages:
        seen.update({_shape(piece.text) for piece in page.pieces if _in_band(piece, page)})
    often = {shape for shape, count in seen.items() if count >= max(3, 0.3 * len(pages)) or count == len(pages) == 2}
    return [
        replace(page, pieces=tuple(p for piece in page.pieces if (p := _kept(piece, page, often)))) for page in pages
    ]


def _kept(piece: Piece, page: Page, often: set[str]) -> Piece | None:
    if piece.kind is PieceKind.TABLE:
        return piece
    text = piece.text.strip()
    if piece.kind in (PieceKind.TEXT, PieceKind.LINE) and _stands_apart(piece, page):
        return None
    if piece.box.y0 >= 0.87 * page.height and len(text) <= 100 and _ISSUE.search(text):
        return None
    if _in_band(piece, page):
        short = len(text) <= 160
        if (short and _shape(text) in often) or _PAGE_NUMBER.fullmatch(text):
            return None
        if short and (_STAMP.match(text) or _ISSUE.search(text) or _NUMBERED_HEAD.match(text)):
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
    """Whether a short line at the edge of the page is far from all other text."""
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
