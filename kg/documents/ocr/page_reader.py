"""What reads a picture of a page."""

from dataclasses import dataclass
from typing import Protocol

from kg.domain import Box


class OcrUnavailable(Exception):
    """The engine cannot be used here; the message has the cure."""


class OcrOversized(OcrUnavailable):
    """The page takes more memory or time than OCR may."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line or paragraph read from a picture; box in pixels, confidence 0 to 1, ``parts`` the lines of a paragraph."""

    text: str
    box: Box
    confidence: float
    parts: "tuple[Line, ...]" = ()


class PageReader(Protocol):
    """Reads a picture of a page."""

    @property
    def identity(self) -> str:
        """Name and version."""

    def read(self, image: bytes) -> list[Line]:
        """Paragraphs in reading order from a PNG or JPEG; raises OcrUnavailable."""
