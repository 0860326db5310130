"""Text of a PDF that no reader of the page sees: invisible, of the colour of its ground, covered or tiny.

A page with a sign of it is drawn, and such text is hidden if the picture has no ink there. The text layer of a scan
stays, be it under or over the picture of the page.
"""

import ctypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from kg.documents.pdf.line_numbers import text_of

_TINY_PT = 2.0
_FEWEST_LETTERS = 3
_SCAN = 0.7
"""Pictures over so much of the page are a scan."""
_SEEN_ALPHA = 40
_SEEN_DIFFERENCE = 30
_LEAST_CONTRAST = 20
_DRAWN_PIXELS = 1500.0
_MOST_OBJECTS = 20_000
_MOST_GROUNDS = 300
_DEPTH = 5
_UNDRAWN = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)

_Bounds = tuple[float, float, float, float]
_Matrix = tuple[float, float, float, float, float, float]
_SAME: _Matrix = (1, 0, 0, 1, 0, 0)


@dataclass(frozen=True, slots=True)
class _Shown:
    """An object of a page, with the form that it is in and the matrix of that form."""

    handle: Any
    kind: int
    form: Any
    matrix: _Matrix

    def bounds(self) -> _Bounds:
        """In points from the bottom left."""
        x0, y0, x1, y1 = (ctypes.c_float() for _ in range(4))
        raw.FPDFPageObj_GetBounds(self.handle, x0, y0, x1, y1)
        a, b, c, d, e, f = self.matrix
        points = [(a * x + c * y + e, b * x + d * y + f) for x in (x0.value, x1.value) for y in (y0.value, y1.value)]
        across, up = [p[0] for p in points], [p[1] for p in points]
        return min(across), min(up), max(across), max(up)

    def colour(self) -> tuple[int, int, int, int]:
        """Of what fills it: red, green, blue, alpha."""
        red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
        raw.FPDFPageObj_GetFillColor(self.handle, red, green, blue, alpha)
        return red.value, green.value, blue.value, alpha.value


def remove_hidden(page: pdfium.PdfPage) -> tuple[str, str]:
    """Take hidden text out of a page; gives it back, and of it what stays because it is in a form.

    Forms are not rewritten. Both are empty where nothing is hidden.
    """
    hidden = _hidden(page)
    text = _text(page, hidden)
    if _letters(text) < _FEWEST_LETTERS:
        return "", ""
    left = _text(page, [one for one in hidden if one.form is not None])
    for one in hidden:
        if one.form is None:
            raw.FPDFPage_RemoveObject(page, one.handle)
    raw.FPDFPage_GenerateContent(page)
    return text, left


def _text(page: pdfium.PdfPage, shown: Sequence[_Shown]) -> str:
    if not shown:
        return ""
    letters = page.get_textpage()
    parts = [text_of(one.handle, letters) for one in shown]
    letters.close()
    return " ".join(" ".join(parts).split())


def _letters(text: str) -> int:
    return sum(character.isalnum() for character in text)


def _hidden(page: pdfium.PdfPage) -> list[_Shown]:
    texts: list[tuple[int, _Shown]] = []
    grounds: list[tuple[int, _Shown, _Bounds]] = []
    blank = _SCAN * page.get_width() * page.get_height()
    for order, one in enumerate(islice(_objects(page, None, _SAME, 0), _MOST_OBJECTS)):
        if one.kind == raw.FPDF_PAGEOBJ_TEXT:
            texts.append((order, one))
        elif len(grounds) < _MOST_GROUNDS and _is_filled(one):
            x0, y0, x1, y1 = one.bounds()
            if one.kind == raw.FPDF_PAGEOBJ_IMAGE:
                blank -= (x1 - x0) * (y1 - y0)
            if min(x1 - x0, y1 - y0) > _TINY_PT:
                grounds.append((order, one, (x0, y0, x1, y1)))
    if blank < 0:
        return []
    hidden = [one for _, one in texts if _is_tiny(one)]
    suspects = [one for order, one in texts if _is_suspect(one, order, grounds)]
    if _letters(_text(page, suspects)) >= _FEWEST_LETTERS:
        drawn = _Picture(page)
        hidden += [one for one in suspects if not drawn.has_ink(one.bounds()) and not _is_tiny(one)]
    return hidden


def _objects(page: pdfium.PdfPage, form: Any, matrix: _Matrix, depth: int) -> Iterator[_Shown]:
    """Objects in the order of painting, those of forms among them."""
    size = raw.FPDFPage_CountObjects(page) if form is None else raw.FPDFFormObj_CountObjects(form)
    for number in range(size):
        handle = raw.FPDFPage_GetObject(page, number) if form is None else raw.FPDFFormObj_GetObject(form, number)
        kind = raw.FPDFPageObj_GetType(handle)
        if kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEPTH:
            yield from _objects(page, handle, _times(_matrix(handle), matrix), depth + 1)
        else:
            yield _Shown(handle, kind, form, matrix)


def _is_filled(shape: _Shown) -> bool:
    if shape.kind != raw.FPDF_PAGEOBJ_PATH:
        return True
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(shape.handle, fill, stroke)
    return bool(fill.value != raw.FPDF_FILLMODE_NONE)


def _is_tiny(text: _Shown) -> bool:
    size = ctypes.c_float()
    raw.FPDFTextObj_GetFontSize(text.handle, size)
    if size.value >= 4 * _TINY_PT and text.form is None:
        return False
    a, b, c, d, *_ = _times(_matrix(text.handle), text.matrix)
    return bool(size.value * abs(a * d - b * c) ** 0.5 < _TINY_PT)


def _is_suspect(text: _Shown, order: int, grounds: Sequence[tuple[int, _Shown, _Bounds]]) -> bool:
    """Whether text is not drawn, see-through, covered, or of the colour of the page or of the shape below it."""
    *colour, alpha = text.colour()
    if raw.FPDFTextObj_GetTextRenderMode(text.handle) in _UNDRAWN or alpha < _SEEN_ALPHA:
        return True
    below = (255, 255, 255)
    if grounds:
        x0, y0, x1, y1 = text.bounds()
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        for painted, ground, (left, bottom, right, top) in grounds:
            if left <= x <= right and bottom <= y <= top:
                if painted > order:
                    return True
                if ground.kind == raw.FPDF_PAGEOBJ_PATH:
                    below = ground.colour()[:3]
    return all(abs(one - two) < _SEEN_DIFFERENCE for one, two in zip(colour, below, strict=True))


class _Picture:
    """A page as it is seen, in grey."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._page = page
        bitmap = page.render(scale=min(1.0, _DRAWN_PIXELS / max(*page.get_size(), 1)), grayscale=True)
        self._width, self._height = bitmap.width, bitmap.height
        self._pixels = bitmap.to_numpy().copy()
        bitmap.close()

    def has_ink(self, bounds: _Bounds) -> bool:
        """Whether the place of some text is not of one colour."""
        (x0, y0), (x1, y1) = self._place(bounds[0], bounds[3]), self._place(bounds[2], bounds[1])
        left, right, top, bottom = min(x0, x1), max(x0, x1) + 1, min(y0, y1), max(y0, y1) + 1
        part = self._pixels[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]
        return bool(part.size) and int(part.max()) - int(part.min()) >= _LEAST_CONTRAST

    def _place(self, x: float, y: float) -> tuple[int, int]:
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(self._page, 0, 0, self._width, self._height, 0, x, y, across, down)
        return across.value, down.value


def _matrix(handle: Any) -> _Matrix:
    matrix = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(handle, matrix)
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _times(one: _Matrix, two: _Matrix) -> _Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)
