"""Pictures of pages (PNG, JPEG, TIFF), read as the PDF that holds them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from kg.documents.identity import content_hash_of, document_id
from kg.errors import DamagedDocument, OversizedDocument
from kg.protocols import DocumentParser, ParseLimits, ParseResult

MEDIA_TYPES = {
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}
"""The kinds of picture that are read, by the first bytes."""
_DPI = 200
_MOST_PIXELS = 1800
"""The longer side of a page, as OCR reads it of a PDF."""


class PictureParser:
    """Reads pictures by the parser of PDFs, which has OCR."""

    def __init__(self, pdf: DocumentParser) -> None:
        self._pdf = pdf

    @property
    def identity(self) -> str:
        """That of the parser of PDFs."""
        return self._pdf.identity

    def reads(self, path: Path, head: bytes) -> bool:
        """By the first bytes."""
        return head.startswith(tuple(MEDIA_TYPES))

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """One document; raises DamagedDocument, OversizedDocument, and what the parser of PDFs raises."""
        data = path.read_bytes()
        media_type = next(kind for head, kind in MEDIA_TYPES.items() if data.startswith(head))
        with tempfile.TemporaryDirectory(prefix="jianxi-picture-") as folder:
            scan = Path(folder) / f"{path.stem}.pdf"
            _write_pdf(path, scan, limits)
            result = self._pdf.parse(scan, limits)
        ((document, blocks),) = result.documents
        hashed = content_hash_of(data)
        whole = replace(
            document,
            id=document_id(hashed),
            content_hash=hashed,
            source_id=path.name if document.source_id == scan.name else document.source_id,
            path=str(path),
            media_type=media_type,
        )
        return replace(result, documents=((whole, blocks),))


def pictures_in(path: Path) -> int:
    """The pictures that a TIFF file says it has; 0 for any other file."""
    with path.open("rb") as file:
        if MEDIA_TYPES.get(file.read(4)) != "image/tiff":
            return 0
    from PIL import Image

    with _translated(path), Image.open(path) as picture:
        return int(getattr(picture, "n_frames", 1))


def _write_pdf(path: Path, target: Path, limits: ParseLimits) -> None:
    """Each picture of the file as a page, no larger than OCR reads it."""
    from PIL import Image, ImageOps, ImageSequence

    with _translated(path), Image.open(path) as picture:
        pages: list[Image.Image] = []
        for frame in ImageSequence.Iterator(picture) if picture.format == "TIFF" else [picture]:
            if len(pages) == limits.pages:
                cure = "split it or raise JIANXI_LIMIT_PAGES"
                raise OversizedDocument(str(path), f"more than {limits.pages} pages", cure)
            page = ImageOps.exif_transpose(frame)
            if page.mode.startswith("I"):  # of 16 bits a pixel Pillow would cut what is over 8
                page = page.convert("I").point(lambda value: value * (1 / 256))
            if page.has_transparency_data:
                page = Image.alpha_composite(Image.new("RGBA", page.size, "white"), page.convert("RGBA"))
            grey = page.convert("L")
            grey.thumbnail((_MOST_PIXELS, _MOST_PIXELS))
            pages.append(grey)
        pages[0].save(target, "PDF", resolution=_DPI, save_all=True, append_images=pages[1:], quality=95)


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    from PIL import Image

    try:
        yield
    except Image.DecompressionBombError as error:
        raise OversizedDocument(str(path), str(error), "save it with fewer pixels") from error
    except (OSError, SyntaxError, ValueError) as error:
        raise DamagedDocument(str(path), f"no readable picture ({error})", "save it again as PNG") from error
