"""The better of two OCR engines, page by page."""

from kg.documents.ocr.page_reader import Line, OcrUnavailable, PageReader
from kg.documents.ocr.paragraphs import mean_confidence
from kg.documents.ocr.rapid import RapidReader
from kg.documents.ocr.tesseract import TesseractReader

SURE = 0.8
"""Below this mean confidence the second engine reads the page."""


class BestReader:
    """Asks the first engine, and the second one where the first is unsure of a page."""

    def __init__(self, first: PageReader, second: PageReader | None) -> None:
        self._first = first
        self._second = second

    @property
    def identity(self) -> str:
        """Both engines."""
        return self._first.identity + (f" / {self._second.identity}" if self._second else "")

    def read(self, image: bytes) -> list[Line]:
        """Paragraphs in reading order; raises OcrUnavailable where neither engine is there."""
        try:
            lines = self._first.read(image)
        except OcrUnavailable:
            if self._second is None:
                raise
            return self._second.read(image)
        if self._second is None or mean_confidence(lines) >= SURE:
            return lines
        try:
            other = self._second.read(image)
        except OcrUnavailable:
            return lines
        return max(lines, other, key=mean_confidence)


def installed_reader() -> BestReader:
    """RapidOCR, then tesseract if it is installed."""
    second = TesseractReader()
    return BestReader(RapidReader(), second if second.installed else None)
