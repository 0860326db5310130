"""Ordinary scans read by the shipped OCR in real processes under the limits that every installation has."""

import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from app.providers import parser_of
from app.settings import Settings
from kg.documents.sandbox import ParserPool
from kg.domain import Block
from kg.errors import OversizedDocument
from kg.protocols import ParseLimits, ParseResult

pytestmark = pytest.mark.integration


def sheet(dpi: int) -> Image.Image:
    """An A4 page of forty printed lines."""
    page = Image.new("L", (round(8.27 * dpi), round(11.69 * dpi)), 250)
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(size=11 * dpi / 72)
    for number in range(40):
        words = f"Line {number}: the clearance half-life in the striatum was {number + 40} minutes."
        pen.text((0.9 * dpi, dpi + number * 16 * dpi / 72), words, font=font, fill=20)
    return page


def scan(path: Path, dpi: int, *, turned: int = 0) -> Path:
    """A page that is one grey picture, turned to the right by so many degrees."""
    sheet(dpi).rotate(-turned, expand=True).save(path, "PDF", resolution=dpi)
    return path


async def read(home: Path, path: Path) -> tuple[ParseResult, tuple[Block, ...], str]:
    """What a file becomes with the settings as they are: all, its blocks and its text."""
    async with parser_of(Settings(home=home), "local") as pool:
        result = await pool.parse(path)
    ((_, blocks),) = result.documents
    return result, blocks, " ".join(block.text for block in blocks)


@pytest.mark.parametrize("dpi", [200, 300])
async def test_an_a4_scan_is_read_under_the_default_limits(tmp_path: Path, dpi: int) -> None:
    result, _, text = await read(tmp_path, scan(tmp_path / "scan.pdf", dpi))
    assert all(f"striatum was {number} minutes" in text for number in (40, 59, 79))
    assert not result.warnings


async def test_a_picture_of_a_page_is_read_as_a_scan_is(tmp_path: Path) -> None:
    page = tmp_path / "scan.png"
    sheet(200).save(page, dpi=(200, 200))
    _, blocks, text = await read(tmp_path, page)
    assert all(f"striatum was {number} minutes" in text for number in (40, 59, 79))
    assert all((block.confidence or 0) > 0.8 for block in blocks)


@pytest.mark.parametrize("turned", [90, 180, 270])
async def test_a_scan_that_lies_on_its_side_or_head_is_read_in_order(tmp_path: Path, turned: int) -> None:
    _, _, text = await read(tmp_path, scan(tmp_path / "scan.pdf", 200, turned=turned))
    minutes = [int(number) for number in re.findall(r"was (\d+) minutes", text)]
    assert minutes == sorted(minutes)
    assert len(minutes) > 35


@pytest.mark.parametrize("name", ["docling__ocr_test.pdf", "docling__rotated_90.pdf"])
async def test_a_published_scan_is_read_whole_also_on_its_side(tmp_path: Path, shared_data: Path, name: str) -> None:
    result, blocks, text = await read(tmp_path, shared_data / "pdf_fixtures" / name)
    assert text == "Docling bundles PDF document conversion to JSON and Markdown in an easy self contained package"
    assert all(block.page == 1 and (block.confidence or 0) > 0.8 for block in blocks)
    assert not result.warnings


async def test_a_scanned_chinese_book_is_read_on_each_of_its_pages(tmp_path: Path, shared_data: Path) -> None:
    result, blocks, _ = await read(tmp_path, shared_data / "pdf_fixtures" / "MinerU__small_ocr.pdf")
    pages = ["".join(block.text for block in blocks if block.page == number) for number in range(1, 9)]
    assert all(len(page) > 300 for page in pages)
    useful, exchange = pages[0].index("有用性"), pages[0].index("交换价值首先")
    assert useful < exchange
    assert "必要的劳动" in pages[4]
    assert not result.warnings


async def test_a_scan_over_the_limit_of_ocr_is_refused_with_the_cure(tmp_path: Path) -> None:
    async with ParserPool(1, ParseLimits(ocr_memory_bytes=2**20)) as pool:
        with pytest.raises(OversizedDocument, match=r"OCR takes more than 1 MB; raise JIANXI_LIMIT_OCR_MEMORY_MB"):
            await pool.parse(scan(tmp_path / "scan.pdf", 100))
