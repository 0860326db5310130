"""Formulas that stand on lines of their own, as LaTeX: scripts, limits and fractions told by size and place."""

import ctypes
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from kg.documents.pdf.formula_signs import BASE, SMALL, Sign, latex_of
from kg.documents.pdf.pieces import Page, Piece, PieceKind
from kg.documents.pdf.raised import origin_of, size_of
from kg.documents.pdf.repair import repaired
from kg.domain import Box

_RELATIONS = frozenset("=<>≤≥≈≠∝≡∼→∈")
_WORD = re.compile(r"[^\W\d_]{4}|[^\W\d_]{2,3}[ ,][^\W\d_]{2}")
"""What no line of a formula holds."""
_SIGN = re.compile(
    r"[!-#%-\[\]_a-z|~^]|[\u0391-\u03f6\u2190-\u2219\u221d-\u22ff\u00b1\u00b7\u00d7\u2032]", re.IGNORECASE
)
_MOST_SIGNS = 80
MOST_ON_PAGE = 1000
"""Signs of a page that are looked at: the time grows with their square."""
_LINES = 4
"""A formula is in so many lines of the text before and after that of its relation."""
_BESIDE, _ABOVE, _ACROSS, _NEAR = 1.1, 0.95, 0.3, 0.4
"""Parts of the size of letters, by which signs that hang together may be apart."""
_PLAIN = str.maketrans("−–⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ₀₁₂₃₄₅₆₇₈₉", "--0123456789+-n0123456789", "^")


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula in LaTeX, its place on the page and its signs in no order."""

    latex: str
    box: Box
    signs: Counter[str]


def formulas_on(page: pdfium.PdfPage, letters: pdfium.PdfTextPage, text: str) -> tuple[tuple[Formula, ...], bool]:
    """The formulas of a page that need LaTeX: with a relation, and with a script, a limit or a fraction.

    Also whether the page has more signs of formulas than are looked at.
    """
    if not _RELATIONS.intersection(text) or page.get_rotation() or page.get_bbox()[:2] != (0, 0):
        return (), False
    lines = text.splitlines(keepends=True)
    starts = list(accumulate(map(len, lines), initial=0))
    alone = [_WORD.search(line) is None for line in lines]
    wanted = {
        near
        for number, line in enumerate(lines)
        if alone[number] and _RELATIONS.intersection(line)
        for near in range(max(0, number - _LINES), min(number + _LINES + 1, len(lines)))
        if alone[near]
    }
    places = [n for line in sorted(wanted) for n in range(starts[line], starts[line + 1]) if not text[n].isspace()]
    height = page.get_height()
    signs = [_sign(letters, n, text[n], height) for n in places[:MOST_ON_PAGE]]
    found = [(group, formula) for group in _groups(signs) if (formula := _formula(group))]
    whole = tuple(formula for group, formula in found if _is_whole(formula, group, signs))
    return whole, len(places) > MOST_ON_PAGE


def _is_whole(formula: Formula, group: Sequence[Sign], signs: Sequence[Sign]) -> bool:
    """Whether no other sign is so near that it may belong to a formula."""
    space = _NEAR * max(sign.size for sign in group)
    box = Box(formula.box.x0 - space, formula.box.y0 - space, formula.box.x1 + space, formula.box.y1 + space)
    return sum(_meet(sign.box, box) for sign in signs) == len(group)


def with_formulas(page: Page, formulas: Sequence[Formula]) -> Page:
    """The page with its formulas as LaTeX, in place of the pieces and cells that held their signs in some order."""
    apart = [formula for formula in formulas if _stands_apart(formula, page)]
    shown: list[Formula] = []
    pieces: list[Piece] = []
    for piece in page.pieces:
        near = [formula for formula in apart if _meet(piece.box, formula.box)]
        said = _signs(" ".join([piece.text, *(cell for row in piece.rows for cell in row)])) if near else Counter[str]()
        if said and said <= sum((formula.signs for formula in near), Counter[str]()):
            new = [formula for formula in near if formula not in shown]
            pieces += [Piece(PieceKind.TEXT, f"${one.latex}$", one.box) for one in sorted(new, key=lambda f: f.box.x0)]
            shown += new
        else:
            rows = tuple(tuple(_latex_cell(cell, near) for cell in row) for row in piece.rows)
            pieces.append(replace(piece, rows=rows) if near else piece)
    return replace(page, pieces=tuple(pieces)) if apart else page


def _latex_cell(cell: str, formulas: Sequence[Formula]) -> str:
    """A cell of a table, as LaTeX where it holds the signs of a formula."""
    said = _signs(cell)
    return next((f"${formula.latex}$" for formula in formulas if formula.signs == said), cell)


def _signs(text: str) -> Counter[str]:
    return Counter("".join(repaired(text).split()).translate(_PLAIN))


def _meet(one: Box, two: Box) -> bool:
    return one.x0 < two.x1 and two.x0 < one.x1 and one.y0 < two.y1 and two.y0 < one.y1


def _stands_apart(formula: Formula, page: Page) -> bool:
    """Whether no word stands beside a formula, as it does in a sentence."""
    box, space = formula.box, formula.box.y1 - formula.box.y0
    beside = Box(box.x0 - space, box.y0, box.x1 + space, box.y1)
    return not any(
        _WORD.search(word.text) and beside.y0 < (word.box.y0 + word.box.y1) / 2 < beside.y1 and _meet(word.box, beside)
        for word in page.words
    )


def _sign(letters: pdfium.PdfTextPage, number: int, text: str, height: float) -> Sign:
    left, bottom, right, top = letters.get_charbox(number)
    name, flags = ctypes.create_string_buffer(64), ctypes.c_int()
    raw.FPDFText_GetFontInfo(letters, number, name, 64, flags)
    _, base = origin_of(letters, number)
    box = Box(left, height - top, right, height - bottom)
    return Sign(text, box, base, size_of(letters, number), b"Bold" in name.value)


def _groups(signs: Sequence[Sign]) -> Iterator[list[Sign]]:
    """The signs that hang together about each relation."""
    places = np.array([(s.box.x0, s.box.y0, s.box.x1, s.box.y1, s.size) for s in signs]).reshape(-1, 5)
    free = np.ones(len(signs), bool)
    for seed, sign in enumerate(signs):
        if sign.text not in _RELATIONS or not free[seed]:
            continue
        group = [seed]
        free[seed] = False
        for one in group:
            near = (free & _hang_together(places[one], places)).nonzero()[0]
            free[near] = False
            group.extend(near.tolist())
        yield [signs[n] for n in group]


def _hang_together(one: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Which of the places are near one."""
    size = np.maximum(one[4], places[:, 4])
    across = np.maximum(one[0], places[:, 0]) - np.minimum(one[2], places[:, 2])
    down = np.maximum(one[1], places[:, 1]) - np.minimum(one[3], places[:, 3])
    near: np.ndarray = (across < _BESIDE * size) & (down < np.where(across < _NEAR * size, _ABOVE, _ACROSS) * size)
    return near


def _formula(group: list[Sign]) -> Formula | None:
    size = max(sign.size for sign in group)
    bases = [sign.base for sign in group if sign.text in _RELATIONS and sign.size > SMALL * size]
    row = [sign.text for sign in sorted(group, key=lambda one: one.box.x0)]
    if not bases or max(bases) - min(bases) > BASE * size or _RELATIONS.intersection((row[0], row[-1])):
        return None
    if not 4 <= len(group) <= _MOST_SIGNS or not all(map(_SIGN.fullmatch, row)):
        return None
    latex = latex_of(group, bases[0], size)
    if latex is None or not re.search(r"[\^_]|\\frac", latex):
        return None
    return Formula(latex, Box.around(sign.box for sign in group), _signs("".join(row)))
