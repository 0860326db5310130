"""The pages of a PDF file: how many, and how large."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument

T = TypeVar("T")


def is_pdf(path: Path) -> bool:
    """Whether a file is a PDF, by the signature in its first bytes."""
    try:
        with path.open("rb") as file:
            return b"%PDF-" in file.read(1024)
    except OSError:
        return False


def pages_of(path: Path) -> int:
    """The pages that a PDF says it has; 0 for any other file and one that pdfium does not open."""
    return _asked(path, len, 0)


def page_sizes(path: Path) -> tuple[tuple[float, float], ...]:
    """Width and height of each page in points, as it is shown; none where ``pages_of`` is 0."""
    return _asked(path, lambda document: tuple(document.get_page_size(n) for n in range(len(document))), ())


def _asked(path: Path, ask: "Callable[[PdfDocument], T]", unknown: T) -> T:
    if not is_pdf(path):
        return unknown
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(path)
    except (pdfium.PdfiumError, OSError):
        return unknown
    try:
        return ask(document)
    except pdfium.PdfiumError:
        return unknown
    finally:
        document.close()
