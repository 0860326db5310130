"""Scanned pages read by a real tesseract, in both scripts."""

import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from liteparse import LiteParse
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

import tests.sample_pdfs
from kg.documents.ocr.tesseract import TesseractReader
from kg.documents.pdf.liteparse_parser import LiteparseParser
from kg.protocols import ParseLimits

pytestmark = pytest.mark.integration
_LINES = (
    "Aquaporin-4 lies in astrocytic endfeet around vessels.",
    "The volume fraction of the extracellular space is 0.2.",
    "睡眠时脑细胞外间隙的容积增大",
)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """A page that is a picture of three lines, with no text behind it."""
    reader = TesseractReader()
    if not reader.installed:
        pytest.skip("tesseract is not installed (apt install tesseract-ocr tesseract-ocr-chi-sim)")
    languages = subprocess.run(["tesseract", "--list-langs"], capture_output=True, text=True, check=True).stdout
    if "chi_sim" not in languages:
        pytest.skip("tesseract has no chi_sim (apt install tesseract-ocr-chi-sim)")
    fonts = Path(tests.sample_pdfs.__file__).parent / "fonts"
    pdfmetrics.registerFont(TTFont("Sample", str(fonts / "wqy-microhei-subset.ttf")))
    printed = tmp_path / "printed.pdf"
    canvas = Canvas(str(printed), pagesize=(595, 300))
    for number, line in enumerate(_LINES):
        canvas.setFont("Helvetica" if line.isascii() else "Sample", 18)
        canvas.drawString(50, 230 - 60 * number, line)
    canvas.save()
    (shot,) = LiteParse(dpi=200).screenshot(printed, page_numbers=[1])
    path = tmp_path / "scan.pdf"
    canvas = Canvas(str(path), pagesize=(595, 300))
    canvas.drawImage(ImageReader(BytesIO(shot.image_bytes)), 0, 0, 595, 300)
    canvas.save()
    return path


def test_a_scan_in_both_scripts_is_read_with_page_box_and_confidence(scan: Path) -> None:
    result = LiteparseParser(TesseractReader()).parse(scan, ParseLimits())
    document, blocks = result.documents[0]
    text = " ".join(block.text for block in blocks)
    assert "astrocytic endfeet" in text
    assert "extracellular space is 0.2" in text
    assert "细胞外间隙" in text
    assert "tesseract" in document.parser
    for block in blocks:
        assert block.page == 1
        assert block.confidence is not None
        assert 0.5 < block.confidence <= 1
        assert block.box is not None
        assert 0 <= block.box.x0 < block.box.x1 <= 595
        assert 0 <= block.box.y0 < block.box.y1 <= 300
