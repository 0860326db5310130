"""The blocks of a PDF from its pages."""

import re
from collections.abc import Sequence
from dataclasses import replace

from kg.documents.pdf.headings import NAMED, with_headings_checked
from kg.documents.pdf.lines import with_lines_joined, with_prose_from_code
from kg.documents.pdf.margins import without_margins
from kg.documents.pdf.pieces import Page, Piece, PieceKind
from kg.documents.pdf.repair import is_ornament, repaired
from kg.documents.pdf.tables import with_tables_checked
from kg.domain import Block, BlockKind, Box

_CAPTION = re.compile(
    r"(?:(?:Supplement\w*\s+|Extended Data )?(?:Fig(?:ure)?s?\.?|Tables?|Scheme|Chart|Box)\s*"
    r"(?:S|[A-Z]\.)?(?:\d{1,3}|[IVX]{1,4})[A-Za-z]?\s*"
    r"(?:[.:|。：—–]|(?=\s*[A-Z(])|\Z)|[图表]\s*\d{1,3}[\s.:：、　])"
)
_REFERENCES = re.compile(
    r"(?:(?:\d{1,2}|[IVX]{1,4})\.?\s+)?(?:references(?: and notes)?|bibliography|literature cited|参考文献)\s*[:：]?",
    re.IGNORECASE,
)
_REFERENCE_START = re.compile(
    r"\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\d{1,3}[.)]?\s+[A-Z]|[A-Z][\w'’-]+,?\s+(?:[A-Z]\.?\s?){1,3}[,(])"
)
_ITEM_CUT = re.compile(r"\s+(?=\[\d{1,3}\]\s+[A-Z])")
_MATHS_LINE = re.compile(r"[=∑∏∫∂∇√∈≤≥≠≈∞∝]|\$[^$]+\$")


def assembled(pages: Sequence[Page]) -> tuple[Block, ...]:
    """Blocks in reading order: headings, paragraphs, lists, tables, captions, formulas, references."""
    tidy = [
        _captions_whole(with_headings_checked(with_tables_checked(_repaired(with_lines_joined(page)))))
        for page in without_margins([with_prose_from_code(page) for page in pages])
    ]
    blocks: list[Block] = []
    in_references = False
    for page in tidy:
        for piece in page.pieces:
            if piece.kind is PieceKind.HEADING:
                if _REFERENCES.fullmatch(piece.text):
                    in_references = True
                elif in_references and _ends_references(piece):
                    in_references = False
                elif in_references:
                    piece = replace(piece, kind=PieceKind.TEXT)
            blocks.extend(_blocks(piece, page, in_references))
    return tuple(_rejoined(_unheaded_references_marked(blocks)))


def _repaired(page: Page) -> Page:
    pieces = []
    for piece in page.pieces:
        if piece.kind is PieceKind.TABLE:
            pieces.append(piece)
            continue
        text = piece.text if piece.kind is PieceKind.CODE else repaired(piece.text)
        if text and not is_ornament(text):
            pieces.append(replace(piece, text=text))
    return replace(page, pieces=tuple(pieces))


def _captions_whole(page: Page) -> Page:
    """The page, with the text close below an unfinished caption or run-in heading joined to it."""
    pieces: list[Piece] = []
    for piece in page.pieces:
        if pieces and _belongs_to(pieces[-1], piece):
            before = pieces.pop()
            piece = replace(piece, text=f"{before.text} {piece.text}", box=Box.around((before.box, piece.box)))
        pieces.append(piece)
    return replace(page, pieces=tuple(pieces))


def _belongs_to(before: Piece, piece: Piece) -> bool:
    if piece.kind is not PieceKind.TEXT or not -2 <= piece.box.y0 - before.box.y1 <= 8:
        return False
    if abs(piece.box.x0 - before.box.x0) > 20:
        return False
    if before.kind is PieceKind.HEADING:
        return piece.text[:1].islower() and NAMED.fullmatch(before.text) is None
    return (
        before.kind is PieceKind.TEXT
        and _CAPTION.match(before.text) is not None
        and not before.text.endswith((".", "。"))
        and before.box.y1 - before.box.y0 < 40
        and not _CAPTION.match(piece.text)
    )


def _ends_references(heading: Piece) -> bool:
    text = heading.text
    if NAMED.fullmatch(text):
        return True
    return (
        len(text) < 120
        and not _REFERENCE_START.match(text)
        and not re.search(r"\b(?:19|20)\d\d\b|\d[-–]\d", text)
        and (heading.level or 9) <= 2
    )


def _blocks(piece: Piece, page: Page, in_references: bool) -> list[Block]:
    def block(kind: BlockKind, text: str, level: int | None = None) -> Block:
        return Block(kind, text, page=page.number, box=piece.box, level=level, confidence=piece.confidence)

    if piece.kind is PieceKind.HEADING:
        return [block(BlockKind.HEADING, piece.text, piece.level or 2)]
    if piece.kind is PieceKind.TABLE:
        return [block(BlockKind.TABLE, piece.text)]
    if piece.kind is PieceKind.CODE:
        return [block(BlockKind.CODE, piece.text)]
    if _CAPTION.match(piece.text) and len(piece.text) < 1500:
        return [block(BlockKind.CAPTION, piece.text)]
    if in_references:
        return [block(BlockKind.REFERENCE, part) for part in _ITEM_CUT.split(piece.text) if part.strip()]
    if piece.kind is PieceKind.ITEM:
        return [block(BlockKind.LIST, piece.text)]
    if _is_formula(piece.text):
        return [block(BlockKind.FORMULA, piece.text)]
    return [block(BlockKind.PARAGRAPH, piece.text)]


def _is_formula(text: str) -> bool:
    bare = re.sub(r"\$[^$]*\$", " ", text)
    words = re.findall(r"[^\W\d_]{4,}", bare)
    return len(text) < 200 and len(words) <= 1 and _MATHS_LINE.search(text) is not None


def _unheaded_references_marked(blocks: Sequence[Block]) -> Sequence[Block]:
    """The blocks, with a final list ``[1] ... [2] ...`` without a heading marked as references."""
    if any(block.kind is BlockKind.REFERENCE for block in blocks):
        return blocks
    numbered = [n for n, block in enumerate(blocks) if re.match(r"\[\d{1,3}\]\s+\S", block.text)]
    first = next((n for n in numbered if blocks[n].text.startswith("[1]") and n >= len(blocks) // 3), None)
    if first is None or sum(1 for n in numbered if n >= first) < 3:
        return blocks
    flowing = (BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.FORMULA)
    return [
        replace(block, kind=BlockKind.REFERENCE) if n >= first and block.kind in flowing else block
        for n, block in enumerate(blocks)
    ]


def _rejoined(blocks: Sequence[Block]) -> list[Block]:
    """The blocks with a word that was hyphenated over a page or column break made whole in the second one."""
    joined = list(blocks)
    for number in range(len(joined) - 1):
        one, two = joined[number], joined[number + 1]
        if one.kind is not BlockKind.PARAGRAPH or two.kind is not BlockKind.PARAGRAPH:
            continue
        cut = re.search(r"(?:\A|\s)(\S*[a-z])-\Z", one.text)
        if cut and re.match(r"[a-z]", two.text) and one.text[: cut.start()].strip():
            joined[number] = replace(one, text=one.text[: cut.start()])
            joined[number + 1] = replace(two, text=cut[1] + two.text)
    return joined
