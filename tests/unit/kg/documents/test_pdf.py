from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate, Paragraph, Spacer, Table

from kg.documents.ocr.best import BestReader
from kg.documents.ocr.page_reader import Line, OcrOversized, OcrUnavailable
from kg.documents.ocr.paragraphs import paragraphs
from kg.documents.ocr.process import SeparateReader, answered
from kg.documents.ocr.rapid import RapidReader
from kg.documents.parse import parse
from kg.documents.passages import split
from kg.documents.pdf.assembly import assembled
from kg.documents.pdf.liteparse_parser import LiteparseParser
from kg.documents.pdf.orientation import turned_back
from kg.documents.pdf.pieces import Page, Piece, PieceKind
from kg.documents.pdf.repair import repaired
from kg.documents.pdf.tables import is_table
from kg.domain import BlockKind, Box
from kg.errors import EmptyDocument, EncryptedDocument, OversizedDocument
from kg.protocols import ParseLimits

LIMITS = ParseLimits()
SENTENCE = "The interstitial fluid of the brain flows along the vessels and takes waste with it. "


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("脑 细 胞 外 间 隙 ， 很 窄 。", "脑细胞外间隙，很窄。"),
        ("AQP4 与 间 隙", "AQP4 与间隙"),
        ("*in vivo* and **bold** and ***both***", "in vivo and bold and both"),
        (r"5 \* 3 \_ x", "5 * 3 _ x"),
        ("the ﬁeld of diﬀusion", "the field of diffusion"),
        ("rate $a*b*c$ *of* flow", "rate $a*b*c$ of flow"),
        ("Departamento de F´ısica", "Departamento de Física"),
        ("''quoted''", '"quoted"'),
        ("soft\u00adhyphen\u200b", "softhyphen"),
    ],
)
def test_text_is_repaired(broken: str, whole: str) -> None:
    assert repaired(broken) == whole


def test_equations_and_prose_are_no_tables() -> None:
    assert is_table((("Site", "Size"), ("A", "1.5"), ("B", "2.5")))
    assert is_table((("Gene", "p"), ("AQP4", "p < 0.05"), ("GFAP", "0.3 ± 0.1")))
    assert not is_table((("$x=1$", "(1)"), ("$y=2$", "(2)")))
    assert not is_table(
        (("the left column of a page of prose that goes on", "and the right one that goes on as well so"),) * 3
    )
    assert not is_table((("one", "two"),))


def page(number: int, *pieces: Piece) -> Page:
    return Page(number, 600, 800, pieces)


def text(words: str, top: float, kind: PieceKind = PieceKind.TEXT, level: int | None = None) -> Piece:
    return Piece(kind, words, Box(50, top, 550, top + 12), level=level)


def test_running_heads_and_page_numbers_are_dropped() -> None:
    pages = [
        page(n, text(f"J Flow 2020;{n}", 20), text(SENTENCE * 3, 200), text("More of it.", 215), text(str(n), 780))
        for n in range(1, 5)
    ]
    assert {block.text for block in assembled(pages)} == {
        SENTENCE.strip() + " " + (SENTENCE * 2).strip(),
        "More of it.",
    }


def test_references_are_set_apart_and_captions_told() -> None:
    blocks = assembled(
        [
            page(
                1,
                text("Fig. 1. The flow.", 100),
                text("REFERENCES", 300),
                text("[1] Iliff J. Sci 2012. [2] Xie L. Science 2013.", 320),
                text("Appendix A", 400, PieceKind.HEADING, 2),
                text("More of it.", 420),
            )
        ]
    )
    assert [(b.kind.value, b.text) for b in blocks] == [
        ("caption", "Fig. 1. The flow."),
        ("heading", "REFERENCES"),
        ("reference", "[1] Iliff J. Sci 2012."),
        ("reference", "[2] Xie L. Science 2013."),
        ("heading", "Appendix A"),
        ("paragraph", "More of it."),
    ]


def test_a_split_title_is_joined_and_a_hyphenated_word_made_whole() -> None:
    blocks = assembled(
        [
            page(1, text("The flow of", 100, PieceKind.HEADING, 1), text("the brain", 113, PieceKind.HEADING, 1)),
            page(2, text("It is about trans-", 700)),
            page(3, text("port in the brain.", 100)),
        ]
    )
    assert [b.text for b in blocks] == ["The flow of the brain", "It is about", "transport in the brain."]


@pytest.fixture(scope="module")
def two_columns(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pdf") / "flow.pdf"
    style = getSampleStyleSheet()
    width, height = A4
    frames = [Frame(50, 50, width / 2 - 60, height - 100), Frame(width / 2 + 10, 50, width / 2 - 60, height - 100)]
    template = BaseDocTemplate(str(path), pagesize=A4)
    template.addPageTemplates([PageTemplate(frames=frames)])
    cells = [
        ["Region", "Volume", "Tortuosity"],
        ["Cortex", "0.18", "1.61"],
        ["Striatum", "0.21", "1.54"],
        ["CA1", "0.12", "1.67"],
    ]
    template.build(
        [
            Paragraph("Flow of interstitial fluid in the brain", style["Title"]),
            Paragraph("Introduction", style["Heading2"]),
            *(Paragraph(f"Left number {n}. " + SENTENCE * 4, style["BodyText"]) for n in range(8)),
            Paragraph("Table 1. Diffusion in three regions.", style["BodyText"]),
            Table(cells),
            Spacer(1, 20),
            Paragraph("Results", style["Heading2"]),
            *(Paragraph(f"Right number {n}. " + SENTENCE * 4, style["BodyText"]) for n in range(6)),
        ]
    )
    return path


def test_two_columns_are_read_one_after_the_other_with_table_page_and_box(two_columns: Path) -> None:
    document, blocks = parse(two_columns, LIMITS, ocr=False).documents[0]
    assert document.title == "Flow of interstitial fluid in the brain"
    assert document.pages is not None
    whole = "\n".join(block.text for block in blocks)
    places = [whole.index(f"Left number {n}") for n in range(8)] + [whole.index(f"Right number {n}") for n in range(6)]
    assert places == sorted(places)
    (table,) = [block for block in blocks if block.kind is BlockKind.TABLE]
    assert "| Cortex | 0.18 | 1.61 |" in table.text
    assert all(block.page and block.box and block.box.x0 < block.box.x1 for block in blocks)
    passages = split(document, blocks)
    assert any("Table 1." in p.text and "Striatum" in p.text and p.page == table.page for p in passages)
    assert any(p.heading_path == (document.title, "Results") for p in passages)


@pytest.mark.parametrize("name", ["flow.docx", "flow.txt", "flow"])
def test_a_pdf_under_another_name_is_read_and_told(two_columns: Path, tmp_path: Path, name: str) -> None:
    mislabelled = tmp_path / name
    mislabelled.write_bytes(two_columns.read_bytes())
    result = parse(mislabelled, LIMITS, ocr=False)
    assert result.documents[0][0].title == "Flow of interstitial fluid in the brain"
    assert "it is a PDF" in result.warnings[0]


def test_too_many_pages_are_refused(two_columns: Path, tmp_path: Path) -> None:
    path = tmp_path / "long.pdf"
    canvas = Canvas(str(path))
    for number in range(4):
        canvas.drawString(100, 500, f"page {number} has some text on it")
        canvas.showPage()
    canvas.save()
    with pytest.raises(OversizedDocument, match="4 pages are over the limit of 3"):
        parse(path, ParseLimits(pages=3), ocr=False)


def test_an_encrypted_file_asks_for_one_without_password(shared_data: Path) -> None:
    with pytest.raises(EncryptedDocument, match="password"):
        parse(shared_data / "pdf_fixtures/docling__2206.01062_pg3.pdf", LIMITS, ocr=False)


class Scripted:
    """An engine that reads what it is told."""

    identity = "scripted"

    def __init__(self, lines: list[Line] | None) -> None:
        self.lines = lines
        self.asked = 0

    def read(self, image: bytes) -> list[Line]:
        self.asked += 1
        if self.lines is None:
            raise OcrUnavailable("not installed")
        return self.lines


def line(words: str, confidence: float, x: float = 0, y: float = 0, width: float = 100) -> Line:
    return Line(words, Box(x, y, x + width, y + 10), confidence)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "scan.pdf"
    canvas = Canvas(str(path), pagesize=(200, 100))
    canvas.rect(10, 10, 100, 50, fill=1)
    canvas.save()
    return path


def test_a_page_without_text_is_read_by_ocr_with_box_and_confidence(scan: Path) -> None:
    document, blocks = LiteparseParser(Scripted([line("间隙很窄。", 0.9)])).parse(scan, LIMITS).documents[0]
    assert (blocks[0].text, blocks[0].confidence, blocks[0].page) == ("间隙很窄。", 0.9, 1)
    assert "scripted" in document.parser


def test_ocr_that_is_missing_is_a_warning_not_a_failure_of_other_pages(scan: Path) -> None:
    with pytest.raises(EmptyDocument):
        LiteparseParser(Scripted(None)).parse(scan, LIMITS)
    with pytest.raises(EmptyDocument, match="JIANXI_OCR"):
        LiteparseParser(None).parse(scan, LIMITS)


class Failing:
    """An engine that fails as native libraries do."""

    identity = "failing"

    def __init__(self, error: Exception) -> None:
        self.error = error

    def read(self, image: bytes) -> list[Line]:
        raise self.error


def test_a_native_failure_of_ocr_is_told_in_one_line_with_its_cure(scan: Path) -> None:
    traced = "Traceback (most recent call last):\n  File 'main.py', line 98\nRuntimeError: bad model"
    told = answered(Failing(RuntimeError(traced)), b"")
    assert str(told) == (
        "OCR fails on it: RuntimeError: RuntimeError: bad model; turn OCR off (JIANXI_OCR=false) to do without"
    )
    full = answered(Failing(RuntimeError("Traceback ...\nstd::bad_alloc")), b"")
    assert isinstance(full, OcrOversized)
    with pytest.raises(OversizedDocument, match="no memory left for OCR"):
        LiteparseParser(Failing(full)).parse(scan, LIMITS)


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (ParseLimits(ocr_memory_bytes=1), "more than 0 MB; raise JIANXI_LIMIT_OCR_MEMORY_MB"),
        (ParseLimits(timeout_s=0.2), r"more than 0\.1 s, half the time of a file; raise JIANXI_LIMIT_TIMEOUT_S"),
    ],
)
def test_a_process_over_its_limit_is_ended_and_started_again(limits: ParseLimits, told: str) -> None:
    reader = SeparateReader(limits, lambda: None)
    for _ in range(2):
        with pytest.raises(OcrOversized, match=told):
            reader.read(b"")


def test_the_second_engine_is_asked_only_where_the_first_is_unsure() -> None:
    sure, unsure, other = Scripted([line("a", 0.9)]), Scripted([line("a", 0.5)]), Scripted([line("b", 0.7)])
    assert BestReader(sure, other).read(b"")[0].text == "a"
    assert other.asked == 0
    assert BestReader(unsure, other).read(b"")[0].text == "b"
    assert BestReader(Scripted(None), other).read(b"")[0].text == "b"
    assert BestReader(unsure, Scripted(None)).read(b"")[0].text == "a"


def test_lines_of_two_columns_become_paragraphs_in_order() -> None:
    left = [line(f"left {n}", 1, 0, 12 * n, 180) for n in range(6)]
    right = [line(f"right {n}", 1, 220, 12 * n, 180) for n in range(6)]
    mixed = [one for pair in zip(left, right, strict=True) for one in pair]
    assert [p.text for p in paragraphs(mixed)] == [
        " ".join(f"left {n}" for n in range(6)),
        " ".join(f"right {n}" for n in range(6)),
    ]


def column(name: str, x: float, top: float, width: float = 180, many: int = 6) -> list[Line]:
    return [line(f"{name}{n}", 1, x, top + 12 * n, width) for n in range(many)]


def read_in_order(lines: list[Line]) -> list[str]:
    return " ".join(p.text for p in paragraphs(sorted(lines, key=lambda one: (one.box.y0, one.box.x0)))).split()


def words(*columns: list[Line]) -> list[str]:
    return [one.text for lines in columns for one in lines]


def test_lines_across_two_columns_keep_their_place_above_and_between_them() -> None:
    head, title = [line("12", 1, 0, 0, 20)], column("abstract", 0, 20, 400, 12)
    left, right = column("left", 0, 200), column("right", 220, 200)
    caption = column("caption", 0, 290, 400, 1)
    one, two = column("one", 0, 320), column("two", 220, 320)
    assert read_in_order([*head, *title, *left, *right, *caption, *one, *two]) == words(
        head, title, left, right, caption, one, two
    )


def test_three_columns_are_read_one_after_the_other() -> None:
    columns = [column(name, 140 * n, 0, 125, 20) for n, name in enumerate("abc")]
    assert read_in_order([one for lines in columns for one in lines]) == words(*columns)


def test_the_rows_of_a_table_in_a_picture_stay_together() -> None:
    prose = column("prose", 0, 0, 400, 10)
    cells = [[line(f"r{n}c{k}", 1, 110 * k, 140 + 12 * n, 30) for k in range(4)] for n in range(8)]
    assert read_in_order([*prose, *(one for row in cells for one in row)]) == words(prose, *cells)


class Found:
    """RapidOCR on a picture whose lines it finds as told, each with whether it reads it upside down."""

    def __init__(self, lines: list[Line], labels: list[str], size: tuple[int, int]) -> None:
        self.lines, self.labels, self.size = lines, labels, size

    def load_img(self, image: bytes) -> npt.NDArray[np.uint8]:
        picture = np.zeros((self.size[1], self.size[0], 3), np.uint8)
        picture[0, 0] = 1
        return picture

    def preprocess_img(self, picture: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.uint8], dict[str, object]]:
        return picture, {}

    def run_ocr_steps(
        self, picture: npt.NDArray[np.uint8], record: dict[str, object]
    ) -> tuple[object, object, object, object]:
        turned = not picture[0, 0].any()
        boxes = [turned_back(one.box, 180, *self.size) if turned else one.box for one in self.lines]
        labels = [("0" if label == "180" else "180") if turned else label for label in self.labels]
        corners = [((b.x0, b.y0), (b.x1, b.y0), (b.x1, b.y1), (b.x0, b.y1)) for b in boxes]
        return SimpleNamespace(boxes=corners), SimpleNamespace(cls_res=[(one, 1.0) for one in labels]), None, corners

    def build_final_output(self, *steps: Any) -> SimpleNamespace:
        texts, scores = [one.text for one in self.lines], [one.confidence for one in self.lines]
        return SimpleNamespace(boxes=steps[4], txts=texts, scores=scores)


@pytest.mark.parametrize(("angle", "label"), [(0, "0"), (90, "0"), (180, "180"), (270, "180")])
def test_a_picture_that_is_sideways_or_upside_down_is_read_in_order(angle: int, label: str) -> None:
    upright = [*column("wide", 20, 20, 400, 8), *column("last", 20, 116, 90, 1)]
    size = (800, 600) if angle in (90, 270) else (600, 800)
    there = [Line(one.text, turned_back(one.box, angle, *size), 1) if angle else one for one in upright]
    reader = RapidReader()
    labels = [label] * 8 + ["180" if label == "0" else "0"]
    reader.__dict__["_engine"] = Found(there[::-1], labels[::-1], size)
    (found,) = reader.read(b"")
    assert found.text.split() == words(upright)
    assert found.box == Box.around(one.box for one in there)
    assert [part.box for part in found.parts] == [one.box for one in there]
