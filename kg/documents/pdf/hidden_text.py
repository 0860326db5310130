"""Text of a PDF that no reader of the page sees: invisible, of the colour of its ground, covered, switched off or tiny.

A page with a sign of it is drawn, and such text is hidden if the picture has no ink there, or is the same without it.
The text layer of a scan stays, be it under or over the picture, and text that is not drawn stays over a picture.
"""

import ctypes
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from kg.documents.pdf.line_numbers import text_of

_TINY_PT = 2.0
_NO_WIDTH_PT = 0.01
_FEWEST_LETTERS = 3
_SCAN = 0.7
"""Pictures over so much of a page are a scan, if most of its text is not seen: else they are its ground."""
_SEEN_ALPHA = 40
_SEEN_DIFFERENCE = 30
_LEAST_CONTRAST = 20
_DRAWN_PIXELS = 1500.0
_MOST_OBJECTS = 20_000
_MOST_GROUNDS = 300
_DEPTH = 5
_LAYER = "OC"
"""The mark of optional content, which may be switched off."""
_UNDRAWN = (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)

_Bounds = tuple[float, float, float, float]
_Matrix = tuple[float, float, float, float, float, float]
_Ground = tuple[int, tuple[int, int, int] | None, _Bounds]
"""Something painted: its order, its colour if it has one, and where."""
_SAME: _Matrix = (1, 0, 0, 1, 0, 0)


class _Shown(NamedTuple):
    """A text object of a page, with the form that it is in, the matrix of that form and its order of painting.

    ``on_layer`` where it is optional content.
    """

    handle: Any
    form: Any
    matrix: _Matrix
    order: int
    on_layer: bool


class _Suspects(NamedTuple):
    """Texts that may be hidden: not drawn or see-through, of a colour or below a shape, below a picture or optional."""

    undrawn: Sequence[_Shown]
    lost: Sequence[_Shown]
    covered: Sequence[_Shown]


class _Probe:
    """Asks for properties of objects; its buffers are used again, since a page has thousands of objects."""

    def __init__(self) -> None:
        self._box = [ctypes.c_float() for _ in range(4)]
        self._ink = [ctypes.c_uint() for _ in range(4)]
        self._draw = [ctypes.c_int() for _ in range(2)]
        self._size = ctypes.c_float()
        self._matrix = raw.FS_MATRIX()
        self._name = (ctypes.c_ushort * 8)()
        self._length = ctypes.c_ulong()

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

    def bounds_of(self, text: _Shown) -> _Bounds:
        """Of a text on its page."""
        return self.bounds(text.handle, text.matrix)

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

    def is_on_layer(self, handle: Any) -> bool:
        """Whether an object is optional content, by a mark about it."""
        for number in range(raw.FPDFPageObj_CountMarks(handle)):
            mark = raw.FPDFPageObj_GetMark(handle, number)
            raw.FPDFPageObjMark_GetName(mark, self._name, ctypes.sizeof(self._name), self._length)
            if self._length.value == 2 * len(_LAYER) + 2 and "".join(map(chr, self._name[: len(_LAYER)])) == _LAYER:
                return True
        return False

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
    for order, (handle, kind, form, matrix, on_layer) in enumerate(objects):
        if kind == raw.FPDF_PAGEOBJ_TEXT:
            texts.append(_Shown(handle, form, matrix, order, on_layer))
        elif len(grounds) < _MOST_GROUNDS and (kind != raw.FPDF_PAGEOBJ_PATH or probe.is_filled(handle)):
            x0, y0, x1, y1 = probe.bounds(handle, matrix)
            if kind == raw.FPDF_PAGEOBJ_IMAGE:
                blank -= (x1 - x0) * (y1 - y0)
            if min(x1 - x0, y1 - y0) > _TINY_PT:
                colour = probe.colour(handle)[:3] if kind == raw.FPDF_PAGEOBJ_PATH else None
                grounds.append((order, colour, (x0, y0, x1, y1)))
    tiny = [text for text in texts if probe.is_tiny(text) and probe.is_wide(text)]
    suspects = _suspects(texts, grounds, probe)
    if blank < 0 and 2 * sum(map(len, suspects)) > len(texts):
        return []
    small = {text.order for text in tiny}
    undrawn, lost, covered = ([text for text in some if text.order not in small] for some in suspects)
    seen: list[tuple[_Shown, bool]] = []
    if _have_letters(undrawn, letters):
        bare = _Picture(page, without=texts)
        seen += [(text, bare.has_ink(probe.bounds_of(text))) for text in undrawn]
    if _have_letters([*lost, *covered], letters):
        whole = _Picture(page)
        bare = _Picture(page, without=covered) if covered else whole
        seen += [(text, whole.has_ink(probe.bounds_of(text))) for text in lost]
        seen += [(text, whole.differs(bare, probe.bounds_of(text))) for text in covered]
    return tiny + [text for text, is_seen in seen if not is_seen]


def _objects(
    page: pdfium.PdfPage, probe: _Probe, form: Any, matrix: _Matrix, depth: int, *, on_layer: bool = False
) -> Iterator[tuple[Any, int, Any, _Matrix, bool]]:
    """Objects in the order of painting, those of forms too: handle, kind, form and its matrix, and whether optional."""
    size = raw.FPDFPage_CountObjects(page) if form is None else raw.FPDFFormObj_CountObjects(form)
    for number in range(size):
        handle = raw.FPDFPage_GetObject(page, number) if form is None else raw.FPDFFormObj_GetObject(form, number)
        kind = raw.FPDFPageObj_GetType(handle)
        if kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEPTH:
            inner = _times(probe.matrix(handle), matrix)
            optional = on_layer or probe.is_on_layer(handle)
            yield from _objects(page, probe, handle, inner, depth + 1, on_layer=optional)
        else:
            optional = on_layer or (kind == raw.FPDF_PAGEOBJ_TEXT and probe.is_on_layer(handle))
            yield handle, kind, form, matrix, optional


def _suspects(texts: Sequence[_Shown], grounds: Sequence[_Ground], probe: _Probe) -> _Suspects:
    last = max((painted for painted, _, _ in grounds), default=-1)
    colours = {(255, 255, 255), *(colour for _, colour, _ in grounds if colour)}
    alike: dict[tuple[int, int, int], bool] = {}
    undrawn, optional, doubtful, inks = [], [], [], []
    for text in texts:
        red, green, blue, alpha = probe.colour(text.handle)
        colour = (red, green, blue)
        if colour not in alike:
            alike[colour] = any(_alike(colour, one) for one in colours)
        if raw.FPDFTextObj_GetTextRenderMode(text.handle) in _UNDRAWN or alpha < _SEEN_ALPHA:
            undrawn.append(text)
        elif text.on_layer:
            optional.append(text)
        elif alike[colour] or last > text.order:
            doubtful.append(text)
            inks.append(colour)
    lost, covered = _lost(doubtful, inks, grounds, probe)
    return _Suspects(undrawn, lost, optional + covered)


def _lost(
    texts: Sequence[_Shown], inks: Sequence[tuple[int, int, int]], grounds: Sequence[_Ground], probe: _Probe
) -> tuple[list[_Shown], list[_Shown]]:
    """The texts that have the colour of what is below them or are below a shape, and those below a picture."""
    if not texts:
        return [], []
    bounds = np.array([probe.bounds_of(text) for text in texts])
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    order = np.array([text.order for text in texts])
    shaped, pictured = np.zeros(len(texts), bool), np.zeros(len(texts), bool)
    below = np.full((len(texts), 3), 255)
    for painted, ground, (left, bottom, right, top) in grounds:
        inside = (left <= x) & (x <= right) & (bottom <= y) & (y <= top)
        if ground:
            shaped |= inside & (painted > order)
            below[inside & (painted < order)] = ground
        else:
            pictured |= inside & (painted > order)
    alike = (abs(np.array(inks) - below) < _SEEN_DIFFERENCE).all(axis=1)
    lost = (shaped | alike) & ~pictured
    return [texts[n] for n in np.flatnonzero(lost).tolist()], [texts[n] for n in np.flatnonzero(pictured).tolist()]


def _alike(one: Sequence[int], two: Sequence[int]) -> bool:
    return all(abs(a - b) < _SEEN_DIFFERENCE for a, b in zip(one, two, strict=True))


class _Picture:
    """A page as it is seen, in grey, or as it would be without some of its texts."""

    def __init__(self, page: pdfium.PdfPage, without: Sequence[_Shown] = ()) -> None:
        self._page = page
        for text in without:
            raw.FPDFPageObj_SetIsActive(text.handle, False)
        bitmap = page.render(scale=min(1.0, _DRAWN_PIXELS / max(*page.get_size(), 1)), grayscale=True)
        for text in without:
            raw.FPDFPageObj_SetIsActive(text.handle, True)
        self._width, self._height = bitmap.width, bitmap.height
        self._pixels: npt.NDArray[np.int16] = bitmap.to_numpy().astype(np.int16)
        bitmap.close()

    def has_ink(self, bounds: _Bounds) -> bool:
        """Whether the place of some text is not of one colour."""
        part = self._part(bounds)
        return bool(part.size) and int(part.max()) - int(part.min()) >= _LEAST_CONTRAST

    def differs(self, other: "_Picture", bounds: _Bounds) -> bool:
        """Whether two pictures of the page differ at the place of some text."""
        part = np.abs(self._part(bounds) - other._part(bounds))
        return bool(part.size) and int(part.max()) >= _LEAST_CONTRAST

    def _part(self, bounds: _Bounds) -> npt.NDArray[np.int16]:
        (x0, y0), (x1, y1) = self._place(bounds[0], bounds[3]), self._place(bounds[2], bounds[1])
        left, right, top, bottom = min(x0, x1), max(x0, x1) + 1, min(y0, y1), max(y0, y1) + 1
        return self._pixels[max(0, top) : max(0, bottom), max(0, left) : max(0, right)]

    def _place(self, x: float, y: float) -> tuple[int, int]:
        across, down = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(self._page, 0, 0, self._width, self._height, 0, x, y, across, down)
        return across.value, down.value


def _times(one: _Matrix, two: _Matrix) -> _Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = two
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)
