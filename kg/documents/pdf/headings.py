"""Which lines of a PDF are headings, at which level."""

import re
from dataclasses import replace

from kg.documents.pdf.pieces import Page, Piece, PieceKind
from kg.domain import Box
from models.han import HAN

NAMED = re.compile(
    r"(?:(?:\d{1,2}|[IVX]{1,4})\.?\s+)?(?:abstract|summary|introduction|background"
    r"|(?:materials?|patients?|subjects?) and methods"
    r"|methods?(?: and materials)?|experimental(?: section| procedures)?|results?(?: and discussion)?|discussion"
    r"|conclusions?(?: and .{3,30})?|references|bibliography|literature cited|acknowledge?ments?|funding"
    r"|supplementary (?:materials?|information)|appendix(?: [A-Z\d])?|conflicts? of interests?"
    r"|摘\s*要|引\s*言|前\s*言|绪\s*论|方\s*法|材料与方法|资料与方法|结\s*果|讨\s*论|结\s*论|参考文献|致\s*谢|附\s*录)\s*[:：]?",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+\S")
_RUN_IN = re.compile(r"(Abstract|ABSTRACT|Summary|摘\s*要)\s*[.:：—–-]+\s*(?=\S)")
_LOWER_START = re.compile(r"[a-z]")


def with_headings_checked(page: Page) -> Page:
    """The page with split headings joined, false ones made text, and unmarked ones (``REFERENCES``) marked."""
    pieces: list[Piece] = []
    for piece in page.pieces:
        checked = _checked(piece)
        if pieces and _goes_on(pieces[-1], checked):
            before = pieces.pop()
            joint = "" if before.text.endswith("-") and not before.text.endswith(" -") else " "
            text = before.text + joint + checked.text
            pieces.append(replace(before, text=text, box=Box.around((before.box, checked.box))))
        elif checked.kind is PieceKind.TEXT and (run_in := _RUN_IN.match(checked.text)):
            pieces.append(replace(checked, kind=PieceKind.HEADING, text=run_in[1], level=2))
            pieces.append(replace(checked, text=checked.text[run_in.end() :]))
        else:
            pieces.append(checked)
    return replace(
        page,
        pieces=tuple(
            piece if piece.kind is not PieceKind.HEADING or _likely(piece.text) else piece.as_text(piece.text)
            for piece in pieces
        ),
    )


def _checked(piece: Piece) -> Piece:
    text = piece.text.strip()
    if piece.kind is PieceKind.TEXT and NAMED.fullmatch(text):
        return replace(piece, kind=PieceKind.HEADING, level=2, text=text)
    if piece.kind is PieceKind.HEADING:
        number = _NUMBER.match(text)
        if number:
            return replace(piece, level=2 + number[1].count("."))
    return piece


def _goes_on(before: Piece, piece: Piece) -> bool:
    """Whether a heading is the next line of the heading before it."""
    if before.kind is not PieceKind.HEADING or piece.kind is not PieceKind.HEADING or before.level != piece.level:
        return False
    gap = piece.box.y0 - before.box.y1
    line = min(before.box.y1 - before.box.y0, piece.box.y1 - piece.box.y0)
    apart = piece.box.x0 > before.box.x1 or piece.box.x1 < before.box.x0
    if not -2 <= gap <= 0.9 * max(line, 6) or apart or len(before.text) + len(piece.text) > 300:
        return False
    if NAMED.fullmatch(before.text) or NAMED.fullmatch(piece.text) or _NUMBER.match(piece.text):
        return False
    open_end = re.search(r"(?:[-:,(]|\b(?:of|the|and|in|for|with|a|an|on|to|by))\Z", before.text)
    return open_end is not None or _LOWER_START.match(piece.text) is not None or gap <= 0.35 * line


def _likely(text: str) -> bool:
    letters = sum(1 for c in text if c.isalpha())
    if (letters < 3 and not re.search(f"[{HAN}]{{2}}", text)) or len(text) > 300:
        return False
    if text.count("$") >= 2 and len(re.sub(r"\$[^$]*\$", "", text)) < 0.6 * len(text):
        return False
    if _LOWER_START.match(text) and not re.match(r"[a-z]{1,2}[A-Z]|[a-z]-", text):
        return False
    words = len(text.split())
    return not (words > 12 and text.endswith((".", ",", ";")))
