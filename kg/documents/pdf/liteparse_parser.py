"""PDF by liteparse, with OCR for pages that have no usable text."""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from statistics import median_low
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from kg.documents.description import described
from kg.documents.ocr.page_reader import Line, OcrOversized, OcrUnavailable, PageReader
from kg.documents.pdf.assembly import assembled
from kg.documents.pdf.first_page import page_of, particulars_of, with_title_whole
from kg.documents.pdf.formulas import with_formulas
from kg.documents.pdf.line_boxes import with_lines
from kg.documents.pdf.margins import with_lost_lines
from kg.documents.pdf.orientation import merged, turned
from kg.documents.pdf.pieces import Page, Piece, PieceKind, Word
from kg.documents.pdf.raised import with_raised
from kg.documents.pdf.sight import Sight, seen, without_left
from kg.domain import Box
from kg.errors import DamagedDocument, EmptyDocument, EncryptedDocument, OversizedDocument, UnreadableDocument
from kg.protocols import ParseLimits, ParseResult

if TYPE_CHECKING:
    from liteparse import LayoutBlock, LiteParse, ParsedPage
    from liteparse import ParseResult as Parsed

_NEEDS_OCR = frozenset({"no-text", "scanned", "garbled", "sparse-text"})
_SPARSE_CHARACTERS = 200
_DPI = 200.0
_MOST_PIXELS = 1800
"""The longer side of the picture given to OCR, which bounds the memory that a page of any size takes."""


class LiteparseParser:
    """Reads PDF files without any model; pages without usable text are read by OCR where ``ocr`` is given."""

    def __init__(self, ocr: PageReader | None = None) -> None:
        self._ocr = ocr

    @property
    def identity(self) -> str:
        """The version of liteparse, and the OCR engine."""
        return f"liteparse {version('liteparse')}" + (f" + {self._ocr.identity}" if self._ocr else "")

    def reads(self, path: Path, head: bytes) -> bool:
        """By the signature in the first bytes."""
        return b"%PDF-" in head[:1024]

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document; raises EncryptedDocument, DamagedDocument, OversizedDocument or EmptyDocument."""
        data = path.read_bytes()
        with ExitStack() as opened:
            named = path if path.suffix.lower() == ".pdf" else _named_pdf(path, opened)
            parsed, sight = self._parsed_and_seen(path, named, limits)
            if sight.cleaned is not None:
                named = _folder(opened) / "cleaned.pdf"
                named.write_bytes(sight.cleaned)
                parsed = self._parsed(path, named, limits)
            warnings = list(sight.warnings)
            warnings += [f"page {e.page_num}: {e.message}" for e in parsed.page_errors]
            if path.suffix.lower() != ".pdf":
                warnings.insert(0, f"it is a PDF, whatever its name says ({path.suffix or 'no ending'})")
            first = _page(parsed.pages[0])
            pages = _straightened([first, *map(_page, parsed.pages[1:])], path, named)
            pages = [
                with_formulas(
                    with_raised(without_left(page, sight.left.get(page.number)), sight.raised.get(page.number, ())),
                    sight.formulas.get(page.number, ()),
                )
                for page in with_lost_lines(pages)
            ]
            failures: list[OcrUnavailable] = []
            for number, page in enumerate(parsed.pages):
                if not self._ocr or not _wants_ocr(page):
                    continue
                try:
                    pages[number] = _read(self._ocr, named, page, pages[number], warnings)
                except OcrUnavailable as error:
                    failures.append(error)
                    warnings.append(f"page {page.page_num}: not read by OCR: {error}")
        blocks = with_lines(assembled(pages), pages)
        if not blocks:
            raise self._without_text(path, len(pages), failures)
        known = particulars_of(
            first if first.words else page_of(blocks),
            others=pages[1:],
            raised=sight.raised.get(1, ()),
            xmp=parsed.doc_meta.xmp if parsed.doc_meta else None,
            told=sight.told,
        )
        document = described(
            path,
            data,
            with_title_whole(blocks, known.title),
            media_type="application/pdf",
            parser=self.identity,
            particulars=known,
            pages=len(pages),
        )
        return ParseResult((document,), warnings=tuple(warnings))

    def _without_text(self, path: Path, pages: int, failures: Sequence[OcrUnavailable]) -> UnreadableDocument:
        why = f"there is no text on its {pages} pages"
        if failures:
            kind = OversizedDocument if isinstance(failures[-1], OcrOversized) else EmptyDocument
            return kind(str(path), f"{why}, and they are not read by OCR: {failures[-1]}")
        return EmptyDocument(str(path), why, "" if self._ocr else "turn OCR on (JIANXI_OCR=true) if they are scanned")

    def _parsed_and_seen(self, path: Path, named: Path, limits: ParseLimits) -> "tuple[Parsed, Sight]":
        """Both at once: liteparse leaves the interpreter to others while it works."""
        with ThreadPoolExecutor(1) as pool:
            seeing = pool.submit(seen, path, limits.pages)
            return self._parsed(path, named, limits), seeing.result()

    def _parsed(self, path: Path, named: Path, limits: ParseLimits) -> "Parsed":
        with _translated(path):
            parsed = _lite(limits.pages, include_complexity=self._ocr is not None).parse(named)
        if parsed.total_pages > limits.pages:
            raise OversizedDocument(
                str(path),
                f"{parsed.total_pages} pages are over the limit of {limits.pages}",
                "split the file or raise JIANXI_LIMIT_PAGES",
            )
        if not parsed.pages:
            raise EmptyDocument(str(path), "it has no pages")
        return parsed


def _named_pdf(path: Path, opened: ExitStack) -> Path:
    """The file under a name that ends in ``.pdf``: liteparse goes by the name, we go by the content."""
    named = _folder(opened) / "document.pdf"
    named.symlink_to(path.absolute())
    return named


def _folder(opened: ExitStack) -> Path:
    """A folder that is gone once the file is read; most files need none."""
    return Path(opened.enter_context(TemporaryDirectory(prefix="jianxi-pdf-")))


def _straightened(pages: Sequence[Page], path: Path, named: Path) -> list[Page]:
    """The pages, with their sideways text read on the page turned upright."""
    angles = {page.number: turned(page) for page in pages}
    straight: dict[int, list[tuple[int, Page]]] = {}
    for angle in sorted({angle for found in angles.values() for angle in found}):
        numbers = [number for number, found in angles.items() if angle in found]
        with _translated(path):
            lite = _lite(
                max(numbers),
                target_pages=",".join(map(str, numbers)),
                page_orientation_corrections=[(number, angle) for number in numbers],
            )
            for page in map(_page, lite.parse(named).pages):
                straight.setdefault(page.number, []).append((angle, page))
    return [merged(page, straight[page.number]) if page.number in straight else page for page in pages]


def _wants_ocr(page: "ParsedPage") -> bool:
    if page.complexity is None:
        return False
    reasons = _NEEDS_OCR.intersection(page.complexity.reasons)
    if reasons == {"sparse-text"}:
        pictured = page.complexity.full_page_image or page.complexity.image_coverage > 0.3
        return bool(pictured and page.complexity.text_length < _SPARSE_CHARACTERS)
    return bool(reasons)


def _read(ocr: PageReader, path: Path, page: "ParsedPage", found: Page, warnings: list[str]) -> Page:
    """The page as OCR reads it, or as it was where OCR finds less."""
    with _translated(path):
        dpi = min(_DPI, 72 * _MOST_PIXELS / max(page.width, page.height, 1))
        (shot,) = _lite(page.page_num, dpi).screenshot(path, page_numbers=[page.page_num])
    if shot.is_solid_fill:
        return found
    lines = ocr.read(shot.image_bytes)
    scale = page.width / shot.width
    pieces = tuple(
        Piece(PieceKind.TEXT, p.text, _scaled(p.box, scale), confidence=p.confidence) for p in lines if p.text.strip()
    )
    read, had = sum(len(p.text) for p in pieces), sum(len(p.text) for p in found.pieces)
    if read <= had and "garbled" not in (page.complexity.reasons if page.complexity else ()):
        return found
    if pieces:
        mean = sum((p.confidence or 0) * len(p.text) for p in pieces) / max(read, 1)
        if mean < 0.6:
            warnings.append(f"page {page.page_num}: read by OCR with a mean confidence of {mean:.2f}")
    return replace(found, pieces=pieces, words=tuple(_word(part, scale) for line in lines for part in line.parts))


def _word(line: Line, scale: float) -> Word:
    box = _scaled(line.box, scale)
    return Word(line.text, box, 0, box.y1 - box.y0)


def _lite(pages: int, dpi: float = _DPI, **more: Any) -> "LiteParse":
    from liteparse import LiteParse

    return LiteParse(
        output_format="markdown",
        ocr_enabled=False,
        extract_blocks=True,
        emit_word_boxes=True,
        extract_document_metadata=True,
        extract_links=False,
        image_mode="off",
        max_pages=max(pages, 1),
        num_workers=1,
        dpi=dpi,
        continue_on_page_error=True,
        quiet=True,
        **more,
    )


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    from liteparse import ParseError

    try:
        yield
    except ParseError as error:
        what = str(error)
        if re.search(r"password|encrypt", what, re.IGNORECASE):
            raise EncryptedDocument(str(path), "a password is needed", "save it without a password") from error
        raise DamagedDocument(
            str(path), f"no readable PDF ({what})", "the file is cut off or broken: get it again from its source"
        ) from error


def _page(page: "ParsedPage") -> Page:
    pieces = tuple(piece for block in page.blocks or () if (piece := _piece(block)))
    words = tuple(
        Word(
            i.text,
            Box(i.x, i.y, i.x + i.width, i.y + i.height),
            round(i.rotation / 90) % 4 * 90,
            median_low([word.height for word in i.words]) if i.words and page.page_num == 1 else i.height,
        )
        for i in page.text_items
    )
    return Page(page.page_num, page.width, page.height, pieces, words)


def _piece(block: "LayoutBlock") -> Piece | None:
    if block.bbox is None:
        return None
    box = Box(
        round(block.bbox.x, 1),
        round(block.bbox.y, 1),
        round(block.bbox.x + block.bbox.width, 1),
        round(block.bbox.y + block.bbox.height, 1),
    )
    if block.kind == "heading":
        return Piece(PieceKind.HEADING, block.text or "", box, level=block.level)
    if block.kind == "paragraph":
        return Piece(PieceKind.TEXT, block.text or "", box)
    if block.kind == "list_item":
        marker = f"{block.marker} " if block.ordered and block.marker else ""
        return Piece(PieceKind.ITEM, marker + (block.text or ""), box)
    if block.kind == "code":
        return Piece(PieceKind.CODE, "\n".join(block.lines or ()), box)
    if block.kind == "grid_fallback":
        return Piece(PieceKind.TEXT, "\n".join(" ".join(line.split()) for line in block.lines or ()), box)
    if block.kind == "table":
        grid = [row for row in (block.header or [], *(block.rows or [])) if row]
        rows = tuple(tuple(cell.text for cell in row) for row in grid)
        return Piece(PieceKind.TABLE, "", box, rows=rows, columns=_columns(grid))
    return None


def _columns(grid: Sequence[Sequence[object]]) -> tuple[tuple[float, float], ...]:
    width = max((len(row) for row in grid), default=0)
    columns = []
    for n in range(width):
        boxes = [b for row in grid if n < len(row) and (b := getattr(row[n], "bbox", None)) is not None]
        if not boxes:
            return ()
        columns.append((min(b.x for b in boxes), max(b.x + b.width for b in boxes)))
    return tuple(columns)


def _scaled(box: Box, scale: float) -> Box:
    return Box(*(round(v * scale, 1) for v in (box.x0, box.y0, box.x1, box.y1)))
