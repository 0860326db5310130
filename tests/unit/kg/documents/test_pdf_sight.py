"""What the eye sees on a page of a PDF: raised digits, sideways text, running heads, and nothing hidden."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from PIL import Image
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate

from kg.documents.parse import parse
from kg.documents.pdf.orientation import turned_back
from kg.domain import Block, BlockKind, Box
from kg.protocols import ParseLimits

SEEN = "The extracellular space of the brain is the narrow gap between cells."
SECRET = "SECRET The volume fraction of the quokka is 0.98."


def blocks_of(path: Path) -> tuple[Block, ...]:
    return parse(path, ParseLimits(), ocr=False).documents[0][1]


def written(path: Path, draw: Callable[[Canvas], None]) -> Path:
    canvas = Canvas(str(path))
    canvas.setFont("Helvetica", 11)
    canvas.drawString(72, 760, SEEN)
    draw(canvas)
    canvas.save()
    return path


def in_colour(*colour: float) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        canvas.setFillColorRGB(*colour)
        canvas.drawString(72, 600, SECRET)

    return draw


def in_mode(mode: int) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        text = canvas.beginText(72, 600)
        text.setTextRenderMode(mode)
        text.textOut(SECRET)
        canvas.drawText(text)

    return draw


def under(*colour: float) -> Callable[[Canvas], None]:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 600, SECRET)
        canvas.setFillColorRGB(*colour)
        canvas.rect(60, 590, 400, 30, fill=1, stroke=0)

    return draw


def on_ground_of_its_colour(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.2, 0.3, 0.6)
    canvas.rect(60, 590, 400, 30, fill=1, stroke=0)
    canvas.drawString(72, 600, SECRET)


def see_through(canvas: Canvas) -> None:
    canvas.setFillAlpha(0.01)
    canvas.drawString(72, 600, SECRET)


def tiny(canvas: Canvas) -> None:
    canvas.setFont("Helvetica", 1)
    canvas.drawString(72, 600, SECRET)


def white_in_a_form(canvas: Canvas) -> None:
    canvas.beginForm("F")
    canvas.setFont("Helvetica", 11)
    in_colour(1, 1, 1)(canvas)
    canvas.endForm()
    canvas.doForm("F")


def photo(width: int, height: int) -> ImageReader:
    return ImageReader(Image.frombytes("L", (width, height), Random(1).randbytes(width * height)))


def under_a_photo(canvas: Canvas) -> None:
    canvas.drawString(72, 600, SECRET)
    canvas.drawImage(photo(200, 30), 60, 590, 400, 30)


@pytest.mark.parametrize(
    "hide",
    [
        in_colour(1, 1, 1),
        in_colour(0.97, 0.98, 0.97),
        in_mode(3),
        in_mode(7),
        under(1, 1, 1),
        under(0, 0, 0),
        on_ground_of_its_colour,
        see_through,
        tiny,
        white_in_a_form,
        under_a_photo,
    ],
)
def test_hidden_text_is_left_out_and_told(tmp_path: Path, hide: Callable[[Canvas], None]) -> None:
    result = parse(written(tmp_path / "hidden.pdf", hide), ParseLimits(), ocr=False)
    assert [block.text for block in result.documents[0][1]] == [SEEN]
    assert result.warnings == (f"page 1: hidden text is left out: “{SECRET}”",)


def test_text_that_is_not_drawn_is_hidden_over_text_that_is_seen(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.drawString(72, 600, SEEN.upper())
        in_mode(3)(canvas)

    result = parse(written(tmp_path / "over.pdf", draw), ParseLimits(), ocr=False)
    assert SECRET in result.warnings[0]
    assert [block.text for block in result.documents[0][1]] == [SEEN, SEEN.upper()]


def test_hidden_text_on_a_page_with_a_picture_as_its_ground_is_left_out(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "slide.pdf"), pagesize=(400, 300))
    canvas.drawImage(ImageReader(Image.new("L", (10, 10), 250)), 0, 0, 400, 300)
    for line in range(3):
        canvas.drawString(20, 250 - 20 * line, SEEN)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(20, 100, SECRET)
    canvas.save()
    result = parse(tmp_path / "slide.pdf", ParseLimits(), ocr=False)
    assert result.warnings == (f"page 1: hidden text is left out: “{SECRET}”",)


def layered(path: Path, state: str) -> Path:
    """A page with a sentence on a layer that is switched on or off, as viewers save it."""
    content = f"BT /F 11 Tf 72 760 Td ({SEEN}) Tj ET /OC /L BDC BT /F 11 Tf 72 600 Td ({SECRET}) Tj ET EMC"
    objects = [
        f"<</Type/Catalog/Pages 2 0 R/OCProperties<</OCGs[6 0 R]/D<</Order[6 0 R]/{state}[6 0 R]>>>>>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        "/Resources<</Font<</F 5 0 R>>/Properties<</L 6 0 R>>>>>>",
        f"<</Length {len(content)}>>stream\n{content}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        "<</Type/OCG/Name(Notes)>>",
    ]
    written, places = "%PDF-1.5\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(written))
        written += f"{number} 0 obj{one}endobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer<</Size 7/Root 1 0 R>>\nstartxref\n{len(written)}\n%%EOF"
    path.write_text(f"{written}xref\n0 7\n0000000000 65535 f \n{table}{end}")
    return path


@pytest.mark.parametrize(("state", "seen"), [("OFF", [SEEN]), ("ON", [SEEN, SECRET])])
def test_text_on_a_layer_that_is_switched_off_is_left_out(tmp_path: Path, state: str, seen: list[str]) -> None:
    assert [block.text for block in blocks_of(layered(tmp_path / "layers.pdf", state))] == seen


def white_on_blue(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.1, 0.1, 0.5)
    canvas.rect(60, 590, 400, 30, fill=1, stroke=0)
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(72, 600, "A heading in white.")


def grey(canvas: Canvas) -> None:
    canvas.setFillColorRGB(0.7, 0.7, 0.7)
    canvas.drawString(72, 600, "A heading in grey.")


@pytest.mark.parametrize("show", [white_on_blue, grey])
def test_text_with_a_contrast_is_kept(tmp_path: Path, show: Callable[[Canvas], None]) -> None:
    result = parse(written(tmp_path / "seen.pdf", show), ParseLimits(), ocr=False)
    assert "A heading in" in result.documents[0][1][1].text
    assert not result.warnings


def test_exponents_and_marks_of_notes_are_raised(tmp_path: Path) -> None:
    path = tmp_path / "raised.pdf"
    style = getSampleStyleSheet()["BodyText"]
    text = (
        "We saw 10<super>6</super> cells and 7.6 x 10<super>-7</super> cm<super>2</super> s<super>-1</super> there."
        "<super>12,13</super> The brain<super>3</super> took <super>18</super>F and Ca<super>2+</super>."
    )
    SimpleDocTemplate(str(path)).build([Paragraph(text, style), Paragraph("In 106 rats 10 lived.", style)])
    whole = " ".join(block.text for block in blocks_of(path))
    assert "10⁶ cells and 7.6 x 10⁻⁷ cm² s⁻¹ there.¹²,¹³ The brain³ took ¹⁸F and Ca²⁺." in whole
    assert "In 106 rats 10 lived." in whole


def test_raised_letters_and_lowered_digits_are_told_on_all_pages(tmp_path: Path) -> None:
    path = tmp_path / "scripts.pdf"
    style = getSampleStyleSheet()["BodyText"]
    text = (
        "The signal falls as e<super>-kt</super> from 10<super>n</super> counts, which is x<super>m</super> in all, "
        "and log<sub>10</sub>2 of the CO<sub>2</sub> is the 4<super>th</super> value."
    )
    SimpleDocTemplate(str(path)).build([Paragraph(f"{SEEN} " * 60, style), Paragraph(text, style)])
    whole = " ".join(block.text for block in blocks_of(path))
    assert "as e^-kt from 10ⁿ counts, which is x^m in all, and log₁₀2 of the CO2 is the 4th value." in whole


def test_the_words_behind_a_large_initial_are_not_raised(tmp_path: Path) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setFont("Helvetica", 30)
        canvas.drawString(72, 600, "D")
        canvas.setFont("Helvetica", 11)
        canvas.drawString(72 + canvas.stringWidth("D", "Helvetica", 30), 612, "iffusion is slow.")

    whole = " ".join(block.text for block in blocks_of(written(tmp_path / "initial.pdf", draw)))
    assert "iffusion" in whole
    assert "^" not in whole


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_exponents_are_raised_in_the_direction_of_their_text(tmp_path: Path, angle: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.translate(297, 421)
        canvas.rotate(angle)
        for number in range(4):
            x = -150.0
            line = ("We saw 10", "^6", " cells and CO", "_2", f" in the brain of the animal {number} of all.")
            for part in line:
                raised, lowered, size = part.startswith("^"), part.startswith("_"), 7 if part[0] in "^_" else 11
                canvas.setFont("Helvetica", size)
                canvas.drawString(x, 60 - 18 * number + 4 * raised - 2 * lowered, part.lstrip("^_"))
                x += canvas.stringWidth(part.lstrip("^_"), "Helvetica", size)

    whole = " ".join(block.text for block in blocks_of(written(tmp_path / "turned.pdf", draw)))
    assert whole.count("We saw 10⁶ cells and CO2 in the brain") == 4


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_sideways_table_is_read_beside_upright_text_with_its_box(tmp_path: Path, angle: int) -> None:
    def draw(canvas: Canvas) -> None:
        canvas.saveState()
        canvas.translate(297, 421)
        canvas.rotate(angle)
        canvas.drawString(-150, 90, "Table 1. Values of the regions in the brain.")
        for number, row in enumerate([("Region", "Alpha"), ("cortex", "0.20"), ("striatum", "0.21"), ("CA1", "0.12")]):
            canvas.drawString(-150, 60 - 18 * number, row[0])
            canvas.drawString(0, 60 - 18 * number, row[1])
        canvas.restoreState()

    blocks = blocks_of(written(tmp_path / "sideways.pdf", draw))
    assert blocks[0].text == SEEN
    assert blocks[1].text == "Table 1. Values of the regions in the brain."
    (table,) = [block for block in blocks if block.kind is BlockKind.TABLE]
    assert "| striatum | 0.21 |" in table.text
    assert table.box is not None
    assert 0 <= table.box.x0 < table.box.x1 <= 596
    assert 0 <= table.box.y0 < table.box.y1 <= 842


def test_a_box_is_turned_back_to_the_page_as_it_is() -> None:
    assert turned_back(Box(10, 20, 30, 25), 180, 100, 200) == Box(70, 175, 90, 180)
    assert turned_back(Box(10, 20, 30, 25), 90, 100, 200) == Box(75, 10, 80, 30)
    assert turned_back(Box(10, 20, 30, 25), 270, 100, 200) == Box(20, 170, 25, 190)


def reports(path: Path, *lines: str, top: float = 790) -> str:
    canvas = Canvas(str(path))
    for number in range(1, 7):
        canvas.setFont("Helvetica", 11)
        for place, line in enumerate(lines):
            canvas.drawString(72, top - 20 * place, line.format(number=number, value=70 + number))
        canvas.drawString(72, 600, "The animals were kept at twenty-two degrees and had food and water at all times.")
        canvas.showPage()
    canvas.save()
    return " ".join(block.text for block in blocks_of(path))


@pytest.mark.parametrize("top", [800, 770, 500, 60])
def test_lines_that_differ_in_a_value_are_text(tmp_path: Path, top: float) -> None:
    whole = reports(tmp_path / "reports.pdf", "Half-life in the striatum: {value} min", top=top)
    assert all(f"striatum: {value} min" in whole for value in range(71, 77))


@pytest.mark.parametrize("line", ["Half-life in min: {value}", "Mouse {number}", "{number} Mouse"])
def test_labels_and_values_that_count_with_the_page_are_text(tmp_path: Path, line: str) -> None:
    whole = reports(tmp_path / "labels.pdf", line, top=810)
    assert all(line.format(number=number, value=70 + number) in whole for number in range(1, 7))


def test_a_lone_line_at_the_edge_of_a_page_is_text(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "edges.pdf"))
    for number in range(4):
        canvas.setFont("Helvetica", 11)
        if number == 1:
            canvas.drawString(72, 815, "TABLE 2")
            canvas.drawString(72, 50, "Dose: 5 mg/kg")
        for line in range(20):
            canvas.drawString(72, 700 - 16 * line, f"{SEEN} {20 * number + line}")
        canvas.showPage()
    canvas.save()
    whole = " ".join(block.text for block in blocks_of(tmp_path / "edges.pdf"))
    assert "TABLE 2" in whole
    assert "Dose: 5 mg/kg" in whole


def test_a_head_of_one_word_with_its_number_at_the_edge_is_no_text(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "book.pdf"))
    for number in range(1, 7):
        canvas.drawString(72, 812, "Introduction")
        canvas.drawRightString(523, 812, str(number))
        canvas.drawString(72, 600, SEEN)
        canvas.showPage()
    canvas.save()
    assert "Introduction" not in " ".join(block.text for block in blocks_of(tmp_path / "book.pdf"))


@pytest.mark.parametrize(
    "head", ["Smith et al. Flow of brain fluid {number}", "J Flow 12, page {number} of 6", "J Flow"]
)
def test_running_heads_are_no_text(tmp_path: Path, head: str) -> None:
    assert "Flow" not in reports(tmp_path / "heads.pdf", head, top=810)
