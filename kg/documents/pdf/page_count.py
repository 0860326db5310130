"""The number of pages of a PDF file."""

from pathlib import Path


def is_pdf(path: Path) -> bool:
    """Whether a file is a PDF, by the signature in its first bytes."""
    try:
        with path.open("rb") as file:
            return b"%PDF-" in file.read(1024)
    except OSError:
        return False


def pages_of(path: Path) -> int:
    """The pages that a PDF says it has; 0 for any other file and one that pdfium does not open."""
    if not is_pdf(path):
        return 0
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(path)
    except (pdfium.PdfiumError, OSError):
        return 0
    try:
        return len(document)
    finally:
        document.close()
