"""Pictures of pages, read by OCR."""

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from kg.documents.ocr.page_reader import Line
from kg.documents.parse import parse
from kg.documents.pdf.liteparse_parser import LiteparseParser
from kg.documents.picture import pictures_in
from kg.domain import Box
from kg.errors import DamagedDocument, EmptyDocument, OversizedDocument
from kg.protocols import ParseLimits


class Seeing:
    """An engine that reads one line of each page, and keeps what it saw."""

    identity = "seeing"

    def __init__(self) -> None:
        self.pages: list[Image.Image] = []

    def read(self, image: bytes) -> list[Line]:
        self.pages.append(Image.open(BytesIO(image)).convert("L"))
        return [Line("The fluid flows along the vessels.", Box(10, 200, 200, 230), 0.9)]


def page(mode: str = "L", size: tuple[int, int] = (400, 600)) -> Image.Image:
    """A sheet with a black bar at its left."""
    sheet = Image.new(mode, size, (0, 0, 0, 0) if mode == "RGBA" else "white")
    ImageDraw.Draw(sheet).rectangle((0, 0, 40, size[1]), fill="black")
    return sheet


def test_a_picture_is_one_document_of_its_own_bytes_and_name(tmp_path: Path) -> None:
    path = tmp_path / "notes.png"
    page("RGBA").save(path)
    seeing = Seeing()
    ((document, blocks),) = parse(path, ParseLimits(), pdf=LiteparseParser(seeing)).documents
    assert (document.media_type, document.source_id, document.path) == ("image/png", "notes.png", str(path))
    assert (document.title, document.pages) == ("notes", 1)
    assert [(block.text, block.page, block.confidence) for block in blocks] == [
        ("The fluid flows along the vessels.", 1, 0.9)
    ]
    again = parse(path, ParseLimits(), pdf=LiteparseParser(Seeing())).documents[0][0]
    assert (again.id, again.content_hash) == (document.id, document.content_hash)
    (seen,) = seeing.pages
    assert seen.getpixel((20, 300)) == pytest.approx(0, abs=9)
    assert seen.getpixel((200, 300)) == pytest.approx(255, abs=9)


@pytest.mark.parametrize("name", ["scan.png", "scan.tif"])
def test_a_scan_of_16_bits_keeps_its_marks(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    page().convert("I").point(lambda value: value * 257).convert("I;16").save(path)
    seeing = Seeing()
    parse(path, ParseLimits(), pdf=LiteparseParser(seeing))
    (seen,) = seeing.pages
    assert seen.getpixel((20, 300)) == pytest.approx(0, abs=9)
    assert seen.getpixel((200, 300)) == pytest.approx(255, abs=9)


def test_the_preview_inside_a_photo_is_no_page(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    page().save(path, "MPO", save_all=True, append_images=[page(size=(40, 60))])
    seeing = Seeing()
    parse(path, ParseLimits(), pdf=LiteparseParser(seeing))
    assert [seen.size for seen in seeing.pages] == [(400, 600)]


def test_a_fax_of_too_many_pages_is_told(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    page("1").save(path, save_all=True, append_images=[page("1")] * 3)
    assert pictures_in(path) == 4
    with pytest.raises(OversizedDocument, match="more than 3 pages"):
        parse(path, ParseLimits(pages=3), pdf=LiteparseParser(Seeing()))


def test_each_picture_of_a_fax_is_a_page_and_a_large_one_is_seen_smaller(tmp_path: Path) -> None:
    path = tmp_path / "fax.tif"
    page("1").save(path, save_all=True, append_images=[page(size=(4000, 3000))])
    seeing = Seeing()
    ((document, blocks),) = parse(path, ParseLimits(), pdf=LiteparseParser(seeing)).documents
    assert document.media_type == "image/tiff"
    assert [block.page for block in blocks] == [1, 2]
    assert [seen.size for seen in seeing.pages] == [(400, 600), (1800, 1350)]


def test_a_picture_that_is_cut_off_or_not_to_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "notes.jpg"
    page().save(path)
    with pytest.raises(EmptyDocument, match="JIANXI_OCR"):
        parse(path, ParseLimits(), ocr=False)
    path.write_bytes(path.read_bytes()[:400])
    with pytest.raises(DamagedDocument, match="no readable picture"):
        parse(path, ParseLimits(), ocr=False)
