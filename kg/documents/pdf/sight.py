"""What is seen of a PDF beside its text: formulas and raised characters.

Hidden text and line numbers are taken out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from pathlib import Path

import pypdfium2 as pdfium

from kg.documents.invisible import left_out
from kg.documents.pdf.formulas import MOST_ON_PAGE, Formula, formulas_on
from kg.documents.pdf.hidden_text import remove_hidden
from kg.documents.pdf.line_numbers import remove_line_numbers
from kg.documents.pdf.pieces import Page
from kg.documents.pdf.raised import Raised, raised_on


@dataclass(frozen=True, slots=True)
class Sight:
    """What was seen: warnings of hidden text and of formulas left alone, and the file without hidden text if any.

    ``left`` is hidden text that could not be taken out of the file, by page.
    """

    warnings: Sequence[str] = ()
    cleaned: bytes | None = None
    left: Mapping[int, str] = field(default_factory=dict)
    raised: Mapping[int, Sequence[Raised]] = field(default_factory=dict)
    formulas: Mapping[int, Sequence[Formula]] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)


def seen(path: Path, most_pages: int) -> Sight:
    """Look at the pages of a file; nothing is seen of one that pdfium does not open."""
    try:
        document = pdfium.PdfDocument(path)
    except (pdfium.PdfiumError, OSError):
        return Sight()
    warnings: list[str] = []
    changed = False
    left: dict[int, str] = {}
    raised: dict[int, Sequence[Raised]] = {}
    formulas: dict[int, Sequence[Formula]] = {}
    try:
        for number in range(min(len(document), most_pages)):
            try:
                page = document[number]
            except pdfium.PdfiumError:
                continue
            letters, written = _letters(page)
            text, remains = remove_hidden(page, letters)
            if remains:
                left[number + 1] = "".join(remains.split())
            if text:
                warnings.append(left_out(f"page {number + 1}: hidden text", text))
            numbered = remove_line_numbers(page, letters, written)
            if text or numbered:
                changed = True
                letters.close()
                letters, written = _letters(page)
            raised[number + 1] = raised_on(letters, written, is_first=number == 0)
            formulas[number + 1], more = formulas_on(page, letters, written)
            if more:
                warnings.append(f"page {number + 1}: formulas beyond its first {MOST_ON_PAGE:,} signs stay plain text")
            letters.close()
            page.close()
        told = document.get_metadata_dict(skip_empty=True)
        return Sight(warnings, _saved(document) if changed else None, left, raised, formulas, told)
    finally:
        document.close()


def without_left(page: Page, left: str | None) -> Page:
    """The page without the pieces that are nothing but hidden text."""
    if not left:
        return page
    pieces = (piece for piece in page.pieces if not piece.text or "".join(piece.text.split()) not in left)
    return replace(page, pieces=tuple(pieces))


def _letters(page: pdfium.PdfPage) -> tuple[pdfium.PdfTextPage, str]:
    """The text of a page, with as many characters as the page has; empty where they cannot be told apart."""
    letters = page.get_textpage()
    text = letters.get_text_range()
    return letters, text if len(text) == letters.count_chars() else ""


def _saved(document: pdfium.PdfDocument) -> bytes:
    file = BytesIO()
    document.save(file)
    return file.getvalue()
