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
from kg.documents.references import with_references
from kg.domain import Block, BlockKind, Box

_CAPTION = re.compile(
    r"(?:(?:Supplement\w*\s+|Extended Data )?(?:Fig(?:ure)?s?\.?|Tables?|Scheme|Chart|Box)\s*"
    r"(?:S|[A-Z]\.)?(?:\d{1,3}|[IVX]{1,4})[A-Za-z]?\s*+"
    r"(?:[.:|。：—–]|(?=[A-Z(])|\Z)|[图表]\s*\d{1,3}[\s.:：、　])"
)
_REFERENCE_START = re.compile(
    r"\s*(?:\[\d{1,3}\]|\(\d{1,3}\)|\d{1,3}[.)]?\s+[A-Z]|[A-Z][\w'’-]+,?\s+(?:[A-Z]\.?\s?){1,3}[,(])"
)
_ITEM_CUT = re.compile(r"(?<!\s)\s++(?=\[\d{1,3}\]\s+[A-Z])")
_MATHS_LINE = re.compile(r"[=∑∏∫∂∇√∈≤≥≠≈∞∝]|\$[^$]+\$")


def assembled(pages: Sequence[Page]) -> tuple[Block, ...]:
    """Blocks in reading order: headings, paragraphs, lists, tables, captions, formulas, references."""
    tidy = [
        _captions_whole(with_headings_checked(with_tables_checked(_repaired(with_lines_joined(page)))))
        for page in without_margins([with_prose_from_code(page) for page in pages])
    ]
    blocks = with_references((_block(piece, page) for page in tidy for piece in page.pieces), _heading_in_references)
    return tuple(_rejoined(_unheaded_references_marked(_with_items_apart(blocks))))


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


def _heading_in_references(heading: Block) -> Block:
    """A heading that ends the references as it is, a false one as a reference or a caption."""
    text = heading.text
    likely = len(text) < 120 and not _REFERENCE_START.match(text) and (heading.level or 9) <= 2
    if NAMED.fullmatch(text) or (likely and not re.search(r"\b(?:19|20)\d\d\b|\d[-–]\d", text)):
        return heading
    return replace(heading, kind=BlockKind.CAPTION if _is_caption(text) else BlockKind.REFERENCE, level=None)


def _with_items_apart(blocks: Sequence[Block]) -> list[Block]:
    """The blocks, with references that run on (``[1] ... [2] ...``) in a block each."""
    return [
        replace(block, text=part)
        for block in blocks
        for part in (_ITEM_CUT.split(block.text) if block.kind is BlockKind.REFERENCE else [block.text])
        if part.strip()
    ]


def _block(piece: Piece, page: Page) -> Block:
    def block(kind: BlockKind, level: int | None = None) -> Block:
        return Block(kind, piece.text, page=page.number, box=piece.box, level=level, confidence=piece.confidence)

    if piece.kind is PieceKind.HEADING:
        return block(BlockKind.HEADING, piece.level or 2)
    if piece.kind is PieceKind.TABLE:
        return block(BlockKind.TABLE)
    if piece.kind is PieceKind.CODE:
        return block(BlockKind.CODE)
    if _is_caption(piece.text):
        return block(BlockKind.CAPTION)
    if piece.kind is PieceKind.ITEM:
        return block(BlockKind.LIST)
    return block(BlockKind.FORMULA if _is_formula(piece.text) else BlockKind.PARAGRAPH)


def _is_caption(text: str) -> bool:
    return _CAPTION.match(text) is not None and len(text) < 1500


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
