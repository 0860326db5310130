"""Formulas that stand apart on a page of a PDF, and columns of text that look like a table."""

from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from kg.documents.parse import parse
from kg.documents.pdf.pieces import Page, Piece, PieceKind
from kg.documents.pdf.tables import with_tables_checked
from kg.domain import Box
from kg.protocols import ParseLimits

SEEN = "The extracellular space of the brain is the narrow gap between cells."


def text_of(path: Path, draw: Callable[[Canvas], None]) -> str:
    canvas = Canvas(str(path))
    for top in (760, 400):
        canvas.setFont("Helvetica", 11)
        canvas.drawString(72, top, SEEN)
    draw(canvas)
    canvas.save()
    return "\n".join(block.text for block in parse(path, ParseLimits(), ocr=False).documents[0][1])


def signs(*placed: tuple[str, float, float, float]) -> Callable[[Canvas], None]:
    """Draws texts, each at so many points from the left and above the line, of a size."""

    def draw(canvas: Canvas) -> None:
        for text, across, up, size in placed:
            canvas.setFont("Times-Italic", size)
            canvas.drawString(150 + across, 600 + up, text)

    return draw


@pytest.mark.parametrize(
    ("draw", "latex"),
    [
        (signs(("a", 0, 0, 14), ("2", 8, 6, 9), ("+ b", 18, 0, 14), ("2", 39, 6, 9), ("= c", 50, 0, 14)),
         "$a^{2}+b^{2}=c$"),
        (signs(("x", 0, 0, 14), ("i", 7, -2.5, 9), ("= y", 16, 0, 14), ("j", 36, -2.5, 9)), "$x_{i}=y_{j}$"),
        (signs(("x", 0, 0, 14), ("i", 7, -3, 9), ("2", 7, 6, 9), ("= y", 16, 0, 14)), "$x_{i}^{2}=y$"),
        (signs(("D =", 0, 0, 14), ("a + b", 32, 9, 14), ("c", 42, -10, 14)), r"$D=\frac{a+b}{c}$"),
    ],
)  # fmt: skip
def test_a_formula_that_stands_apart_is_latex(tmp_path: Path, draw: Callable[[Canvas], None], latex: str) -> None:
    assert latex in text_of(tmp_path / "formula.pdf", draw)


@pytest.mark.parametrize(
    "draw",
    [
        signs(("p = 0.05", 0, 0, 11)),
        signs(("where the value of the area is a", 0, 0, 11), ("2", 160, 4, 7), ("= b", 168, 0, 11)),
        signs(("n = 12", 0, 0, 11), ("n = 14", 80, 0, 11), ("n = 16", 160, 0, 11)),
        signs(("a", 0, 0, 14), ("\u00a4", 8, 6, 9), ("= b", 18, 0, 14)),
    ],
)
def test_what_is_no_formula_or_not_understood_stays(tmp_path: Path, draw: Callable[[Canvas], None]) -> None:
    assert "$" not in text_of(tmp_path / "plain.pdf", draw)


def test_formulas_of_a_page_that_has_too_many_are_told(tmp_path: Path) -> None:
    canvas = Canvas(str(tmp_path / "many.pdf"))
    canvas.setFont("Helvetica", 5)
    for line in range(115):
        canvas.drawString(72, 780 - 6 * line, f"y = {line:03} + x - 2a")
    canvas.drawString(72, 60, SEEN)
    canvas.save()
    result = parse(tmp_path / "many.pdf", ParseLimits(), ocr=False)
    assert result.warnings == ("page 1: formulas beyond its first 1,000 signs stay plain text",)


def false_table(*rows: tuple[str, str]) -> list[str]:
    piece = Piece(PieceKind.TABLE, "", Box(50, 100, 550, 160), rows=rows, columns=((50.0, 290.0), (310.0, 550.0)))
    return [piece.text for piece in with_tables_checked(Page(1, 600, 800, (piece,))).pieces]


def test_columns_of_text_taken_for_a_table_are_read_one_after_the_other() -> None:
    rows = (
        ("The fluid between the cells of the brain flows", "In this paper we ask how wide the narrow gap"),
        ("along the vessels of the brain all night, and it", "between the cells is in the living animal, and"),
        ("takes the waste of its cells with it to where the", "how it was measured in the years before, when"),
        ("veins of the neck are.", "no drug was given."),
    )
    left, right = false_table(*rows)
    assert left == "\n".join(row[0] for row in rows)
    assert right == "\n".join(row[1] for row in rows)


def test_rows_that_run_on_from_left_to_right_are_read_row_by_row() -> None:
    (text,) = false_table(
        ("1. Basic and Ili, and the writers of the first", "part of the book on graphs and their rings, 2024."),
        ("2. Maria and Logan, and the writers of the other", "part of the book on graphs and their rings, 2025."),
    )
    assert text.split("\n")[0].endswith("first part of the book on graphs and their rings, 2024.")
