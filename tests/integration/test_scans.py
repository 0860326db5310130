"""Ordinary scans read by the shipped OCR in real processes under the limits that every installation has."""

from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from app.providers import parser_of
from app.settings import Settings
from kg.documents.sandbox import ParserPool
from kg.errors import OversizedDocument
from kg.protocols import ParseLimits

pytestmark = pytest.mark.integration


def scan(path: Path, dpi: int) -> Path:
    """An A4 page that is one grey picture of forty printed lines."""
    sheet = Image.new("L", (round(8.27 * dpi), round(11.69 * dpi)), 250)
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=11 * dpi / 72)
    for number in range(40):
        words = f"Line {number}: the clearance half-life in the striatum was {number + 40} minutes."
        pen.text((0.9 * dpi, dpi + number * 16 * dpi / 72), words, font=font, fill=20)
    sheet.save(path, "PDF", resolution=dpi)
    return path


@pytest.mark.parametrize("dpi", [200, 300])
async def test_an_a4_scan_is_read_under_the_default_limits(tmp_path: Path, dpi: int) -> None:
    async with parser_of(Settings(home=tmp_path), "local") as pool:
        result = await pool.parse(scan(tmp_path / "scan.pdf", dpi))
    ((_, blocks),) = result.documents
    text = " ".join(block.text for block in blocks)
    assert all(f"striatum was {number} minutes" in text for number in (40, 59, 79))
    assert not result.warnings


async def test_a_scan_over_the_limit_of_ocr_is_refused_with_the_cure(tmp_path: Path) -> None:
    async with ParserPool(1, ParseLimits(ocr_memory_bytes=2**20)) as pool:
        with pytest.raises(OversizedDocument, match=r"OCR takes more than 1 MB; raise JIANXI_LIMIT_OCR_MEMORY_MB"):
            await pool.parse(scan(tmp_path / "scan.pdf", 100))
