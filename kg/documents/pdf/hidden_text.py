"""Text of a PDF that no reader of the page sees: invisible, of the colour of its ground, covered or tiny.

A page with a sign of it is drawn, and such text is hidden if the picture has no ink there. The text layer of a scan
stays, be it under or over the picture of the page.
"""

import ctypes
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from kg.documents.pdf.line_numbers import text_of

_TINY_PT = 2.0
_NO_WIDTH_PT = 0.01
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
_Ground = tuple[int, tuple[int, int, int] | None, _Bounds]
"""Something painted: its order, its colour if it has one, and where."""
_SAME: _Matrix = (1, 0, 0, 1, 0, 0)


class _Shown(NamedTuple):
    """A text object of a page, with the form that it is in, the matrix of that form and its order of painting."""

    handle: Any
    form: Any
    matrix: _Matrix
    order: int


class _Probe:
    """Asks for properties of objects; its buffers are used again, since a page has thousands of objects."""

    def __init__(self) -> None:
        self._box = [ctypes.c_float() for _ in range(4)]
        self._ink = [ctypes.c_uint() for _ in range(4)]
        self._draw = [ctypes.c_int() for _ in range(2)]
        self._size = ctypes.c_float()
        self._matrix = raw.FS_MATRIX()

    def bounds(self, handle: Any, matrix: _Matrix) -> _Bounds:
        """In points from the bottom left."""
        raw.FPDFPageObj_GetBounds(handle, *self._box)
        x0, y0, x1, y1 = (side.value for side in self._box)
        if matrix is _SAME:
            return x0, y0, x1, y1
        a, b, c, d, e, f = matrix
        points = [(a * x + c * y + e, b * x + d * y + f) for x in (x0, x1) for y in (y0, y1)]
        across, up = [p[0] for p in points], [p[1] for p in points]
        return min(across), min(up), max(across), max(up)

    def colour(self, handle: Any) -> tuple[int, int, int, int]:
        """Of what fills an object: red, green, blue, alpha."""
        red, green, blue, alpha = self._ink
        raw.FPDFPageObj_GetFillColor(handle, red, green, blue, alpha)
        return red.value, green.value, blue.value, alpha.value

    def matrix(self, handle: Any) -> _Matrix:
        """The matrix of a text or a form."""
        m = self._matrix
        raw.FPDFPageObj_GetMatrix(handle, m)
        return m.a, m.b, m.c, m.d, m.e, m.f

    def is_filled(self, handle: Any) -> bool:
        """Whether a path is filled."""
        raw.FPDFPath_GetDrawMode(handle, *self._draw)
        return bool(self._draw[0].value != raw.FPDF_FILLMODE_NONE)

    def is_wide(self, text: _Shown) -> bool:
        """Whether a text has a width; pdfium and liteparse read no letters of one that has none, such as a blank."""
        x0, _, x1, _ = self.bounds(text.handle, _SAME)
        return x1 - x0 >= _NO_WIDTH_PT

    def is_tiny(self, text: _Shown) -> bool:
        """Whether the letters of a text are too small to be seen."""
        m = self._matrix
        raw.FPDFTextObj_GetFontSize(text.handle, self._size)
        raw.FPDFPageObj_GetMatrix(text.handle, m)
        scale = abs(m.a * m.d - m.b * m.c)
        if text.matrix is not _SAME:
            scale *= abs(text.matrix[0] * text.matrix[3] - text.matrix[1] * text.matrix[2])
        return bool(self._size.value**2 * scale < _TINY_PT**2)


def remove_hidden(page: pdfium.PdfPage, letters: pdfium.PdfTextPage) -> tuple[str, str]:
    """Take hidden text out of a page; gives it back, and of it what stays because it is in a form.

    Forms are not rewritten. Both are empty where nothing is hidden.
    """
    hidden = _hidden(page, letters)
    text = _text(letters, hidden)
    if _count(text) < _FEWEST_LETTERS:
        return "", ""
    left = _text(letters, [one for one in hidden if one.form is not None])
    for one in hidden:
        if one.form is None:
            raw.FPDFPage_RemoveObject(page, one.handle)
    raw.FPDFPage_GenerateContent(page)
    return text, left


def _text(letters: pdfium.PdfTextPage, shown: Sequence[_Shown]) -> str:
    return " ".join(" ".join(text_of(one.handle, letters) for one in shown).split())


def _have_letters(shown: Sequence[_Shown], letters: pdfium.PdfTextPage) -> bool:
    """Whether there are letters enough in them to look closer; most are told by the first few."""
    seen = 0
    for one in shown:
        seen += _count(text_of(one.handle, letters))
        if seen >= _FEWEST_LETTERS:
            return True
    return False


def _count(text: str) -> int:
    return sum(character.isalnum() for character in text)


def _hidden(page: pdfium.PdfPage, letters: pdfium.PdfTextPage) -> list[_Shown]:
    probe = _Probe()
    texts: list[_Shown] = []
    grounds: list[_Ground] = []
    blank = _SCAN * page.get_width() * page.get_height()
    objects = islice(_objects(page, probe, None, _SAME, 0), _MOST_OBJECTS)
    for order, (handle, kind, form, matrix) in enumerate(objects):
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            texts.append(_Shown(handle, form, matrix, order))
        elif len(grounds) < _MOST_GROUNDS and (kind != raw.FPDF_PAGEOBJ_PATH or probe.is_filled(handle)):
            x0, y0, x1, y1 = probe.bounds(handle, matrix)
            if kind == raw.FPDF_PAGEOBJ_IMAGE:
                blank -= (x1 - x0) * (y1 - y0)
            if min(x1 - x0, y1 - y0) > _TINY_PT:
                colour = probe.colour(handle)[:3] if kind == raw.FPDF_PAGEOBJ_PATH else None
                grounds.append((order, colour, (x0, y0, x1, y1)))
    if blank < 0:
        return []
    hidden = [text for text in texts if probe.is_tiny(text) and probe.is_wide(text)]
    suspects = _suspects(texts, grounds, probe)
    if _have_letters(suspects, letters):
        drawn = _Picture(page)
        hidden += [
            text
            for text in suspects
            if not drawn.has_ink(probe.bounds(text.handle, text.matrix)) and not probe.is_tiny(text)
        ]
    return hidden


def _objects(
    page: pdfium.PdfPage, probe: _Probe, form: Any, matrix: _Matrix, depth: int
) -> Iterator[tuple[Any, int, Any, _Matrix]]:
    """Objects in the order of painting, those of forms among them: handle, kind, form and its matrix."""
    size = raw.FPDFPage_CountObjects(page) if form is None else raw.FPDFFormObj_CountObjects(form)
    for number in range(size):
        handle = raw.FPDFPage_GetObject(page, number) if form is None else raw.FPDFFormObj_GetObject(form, number)
        kind = raw.FPDFPageObj_GetType(handle)
        if kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEPTH:
            yield from _objects(page, probe, handle, _times(probe.matrix(handle), matrix), depth + 1)
        else:
            yield handle, kind, form, matrix


def _suspects(texts: Sequence[_Shown], grounds: Sequence[_Ground], probe: _Probe) -> list[_Shown]:
    """Text that is not drawn, see-through, covered, or of the colour of the page or of the shape below it."""
    last = max((painted for painted, _, _ in grounds), default=-1)
    colours = {(255, 255, 255), *(colour for _, colour, _ in grounds if colour)}
    lost: dict[tuple[int, int, int], bool] = {}
    found, doubtful, inks = [], [], []
    for text in texts:
        red, green, blue, alpha = probe.colour(text.handle)
        colour = (red, green, blue)
        if raw.FPDFTextObj_GetTextRenderMode(text.handle) in _UNDRAWN or alpha < _SEEN_ALPHA:
            found.append(text)
            continue
        if colour not in lost:
            lost[colour] = any(_alike(colour, one) for one in colours)
        if lost[colour] or last > text.order:
            doubtful.append(text)
            inks.append(colour)
    return found + _lost(doubtful, inks, grounds, probe)


def _lost(
    texts: Sequence[_Shown], inks: Sequence[tuple[int, int, int]], grounds: Sequence[_Ground], probe: _Probe
) -> list[_Shown]:
    """The texts that something covers, or that have the colour of what is below them."""
    if not texts:
        return []
    bounds = np.array([probe.bounds(text.handle, text.matrix) for text in texts])
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    order = np.array([text.order for text in texts])
    covered = np.zeros(len(texts), bool)
    below = np.full((len(texts), 3), 255)
    for painted, ground, (left, bottom, right, top) in grounds:
        inside = (left <= x) & (x <= right) & (bottom <= y) & (y <= top)
        covered |= inside & (painted > order)
        if ground:
            below[inside & (painted < order)] = ground
    alike = (abs(np.array(inks) - below) < _SEEN_DIFFERENCE).all(axis=1)
    return [text for text, is_lost in zip(texts, covered | alike, strict=True) if is_lost]


def _alike(one: Sequence[int], two: Sequence[int]) -> bool:
    return all(abs(a - b) < _SEEN_DIFFERENCE for a, b in zip(one, two, strict=True))


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


def _times(one: _Matrix, two: _Matrix) -> _Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)
