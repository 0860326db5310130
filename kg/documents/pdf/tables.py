"""Tables of a PDF page: which are real, and where their heads are."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from kg.documents.pdf.pieces import Page, Piece, PieceKind, Word
from kg.documents.pdf.repair import is_ornament, repaired
from kg.documents.tables import markdown_table
from kg.domain import Box

_MATHS = re.compile(r"\$[^$]+\$|[∑∏∫∂∇√∈∉⊂⊆≤≥≠≈∞∝⟨⟩∀∃→↦⊗⊕]|[α-ωΑ-Ω]\s*[=(]|\\[a-z]+|^\(\d{1,2}\)$|\w\s*=\s*\S")
_LINE_WORDS = 4
_DATUM = re.compile(r"[-–−+±~<>≤≥]?\s*+(?:[$€£¥]\s*+)?\d[\d.,]*+\s*+(?:%|[×x]\s*10|[-–±(/]|\s?[a-zA-Zµμ°]{1,5}\b)?")


def with_tables_checked(page: Page) -> Page:
    """The page with real tables as Markdown and false ones (equations, columns of prose) as text."""
    pieces: list[Piece] = []
    for piece in page.pieces:
        if piece.kind is not PieceKind.TABLE:
            pieces.append(piece)
            continue
        rows = tuple(tuple(repaired(cell) for cell in row) for row in piece.rows)
        rows = _without_empty(rows)
        if not is_table(rows):
            pieces += _as_text(replace(piece, rows=rows))
            continue
        checked = replace(piece, rows=rows)
        while pieces and (head := _head_row(pieces[-1], checked, page)):
            checked = replace(checked, rows=(head, *checked.rows), box=Box.around((pieces[-1].box, checked.box)))
            pieces.pop()
        checked = replace(checked, rows=_one_head(checked.rows))
        pieces.append(replace(checked, text=markdown_table(checked.rows)))
    return replace(page, pieces=tuple(pieces))


def is_table(rows: Sequence[Sequence[str]]) -> bool:
    """Whether rows of cells are a table: two columns and rows at least, few equations, cells that are no prose."""
    cells = [cell for row in rows for cell in row if cell]
    width = max((len(row) for row in rows), default=0)
    if len(rows) < 2 or width < 2 or len(cells) < 4:
        return False
    maths = sum(1 for cell in cells if _MATHS.search(cell) and not _DATUM.fullmatch(cell))
    if maths >= 0.34 * len(cells):
        return False
    filled = [sum(1 for cell in row if cell) for row in rows]
    if sum(1 for n in filled if n >= 2) < max(2, 0.3 * len(rows)):
        return False
    long = sum(1 for cell in cells if len(cell) > 160)
    broken = sum(1 for cell in cells if cell[:1].islower() and len(cell) > 40)
    return long < 0.3 * len(cells) and broken < 0.4 * len(cells)


def _as_text(piece: Piece) -> list[Piece]:
    """A false table row by row, or column by column where the text of a cell goes on in the cell below."""
    columns = list(zip(*piece.rows, strict=True))
    down, across = (
        sum(_goes_on(*cells) for line in lines for cells in pairwise(line)) for lines in (columns, piece.rows)
    )
    if down > across and len(columns) == len(piece.columns) > 1:
        parts = [
            replace(
                piece.as_text("\n".join(filter(None, column))), box=replace(piece.box, x0=round(x0, 1), x1=round(x1, 1))
            )
            for column, (x0, x1) in zip(columns, piece.columns, strict=True)
        ]
    else:
        parts = [piece.as_text("\n".join(" ".join(filter(None, row)) for row in piece.rows))]
    return [part for part in parts if part.text.strip()]


def _goes_on(cell: str, below: str) -> bool:
    """Whether a sentence of one cell goes on in the next one."""
    prose = len(cell.split()) >= _LINE_WORDS and below[:1].islower()
    return prose and not cell.endswith((".", "。", ";", ":"))


def _without_empty(rows: Sequence[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    kept = [
        row
        for row in rows
        if any((cell and not is_ornament(cell)) or cell in {"-", "–", "—", "✓", "✗", "+", "±"} for cell in row)
    ]
    width = max((len(row) for row in kept), default=0)
    used = [n for n in range(width) if any(n < len(row) and row[n] for row in kept)]
    return tuple(tuple(row[n] if n < len(row) else "" for n in used) for row in kept)


def _head_row(above: Piece, table: Piece, page: Page) -> tuple[str, ...] | None:
    """The cells of the line above a table if its words are aligned with the columns, else None."""
    gap = table.box.y0 - above.box.y1
    height = above.box.y1 - above.box.y0
    if (
        above.kind not in (PieceKind.TEXT, PieceKind.HEADING)
        or not -3 <= gap <= 8
        or height > 16
        or len(above.text) > 120
    ):
        return None
    if len(table.columns) != len(table.rows[0]) or above.box.x0 < table.box.x0 - 15 or above.box.x1 > table.box.x1 + 15:
        return None
    words = [w for w in page.words if _inside(w.box, above.box) and w.text.strip()]
    cells = [""] * len(table.columns)
    for word in words:
        overlaps = [
            (min(word.box.x1, x1) - max(word.box.x0, x0), -abs((word.box.x0 + word.box.x1) / 2 - (x0 + x1) / 2), n)
            for n, (x0, x1) in enumerate(table.columns)
        ]
        place = max(overlaps)[2] if max(overlaps)[0] > 0 else max(overlaps, key=lambda o: o[1])[2]
        cells[place] = f"{cells[place]} {word.text.strip()}".strip()
    filled = [cell for cell in cells if cell]
    if len(filled) == 1 and _over_all(words, table.columns):
        cells = ["", *([filled[0]] * (len(cells) - 1))]
    if not filled or repaired(above.text).endswith(".") or any(len(cell) > 60 for cell in filled):
        return None
    if len(filled) == 1 and len(table.columns) > 2 and len(filled[0].split()) > 4:
        return None
    return tuple(repaired(cell) for cell in cells)


def _over_all(words: Sequence[Word], columns: Sequence[tuple[float, float]]) -> bool:
    """Whether a head is centred over all columns but the first, and so is the head of each."""
    if len(columns) < 3:
        return False
    left, right = min(w.box.x0 for w in words), max(w.box.x1 for w in words)
    start, end = columns[1][0], columns[-1][1]
    return abs((left + right) / 2 - (start + end) / 2) < 0.1 * (end - start)


def _one_head(rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """The rows, with a header of two lines joined into one if no cell is lost."""
    if len(rows) < 3 or any(_DATUM.fullmatch(cell) for row in rows[:2] for cell in row if cell):
        return rows
    first, second = rows[0], rows[1]
    together = [(a, b) for a, b in zip(first, second, strict=True) if a and b]
    if together or not any(second) or sum(1 for cell in second if cell) == 1:
        return rows
    return (tuple(a or b for a, b in zip(first, second, strict=True)), *rows[2:])


def _inside(word: Box, box: Box) -> bool:
    middle = (word.y0 + word.y1) / 2
    return box.y0 - 1 <= middle <= box.y1 + 1 and box.x0 - 2 <= word.x0 and word.x1 <= box.x1 + 2
