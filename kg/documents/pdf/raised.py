"""Raised and lowered characters of a PDF page: exponents, charges, bases and marks of notes, by size and baseline."""

import ctypes
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from string import punctuation

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from kg.documents.pdf.pieces import Page, Piece
from kg.documents.superscript import subscript, superscript

_WORD = re.compile(r"[^\s]{1,60}")
_SIGNED = re.compile(r"[\d+\-−–]")
_BLANK = re.compile(r"\s+")
_BREAK = re.compile(r"(?<=\S)[\r\n]{1,2}(?=\S)")
_RAISABLE = re.compile(r"[\d+\-−–]{1,40}")
_LOOSE = re.compile(r"\A (?=[.,;:)\]])")
_SMALLER, _HIGHER, _HIGHEST, _LOWER = 0.9, 0.12, 1.0, 0.08
_SMALLEST_LETTER = 0.5
"""A letter beside one that is larger still stands behind a large initial."""
_SAME_PT = 0.1
_CONTEXT = 12
_FRONT = 1600
"""Characters of a first page in which its authors stand, with marks of any kind."""
_LEAST_CONTEXT, _LEAST_CONTEXT_OF_LETTERS = 2, 4
_PLAIN = str.maketrans({"−": "-", "–": "-", "‐": "-", "\u00ad": None, "ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "’": "'"})

_Shapes = Mapping[int, tuple[float, float]]
"""The sizes of characters and their heights along the direction in which the letters stand."""


@dataclass(frozen=True, slots=True)
class Raised:
    """Raised characters, with the characters before them, both without blanks and with plain dashes.

    ``opens`` where a blank stands before them; ``lowered`` where they are digits below the line and beside one on it.
    """

    before: str
    text: str
    opens: bool
    lowered: bool = False


def raised_on(letters: pdfium.PdfTextPage, text: str, *, is_first: bool = False) -> tuple[Raised, ...]:
    """What is raised on a page in the order of its text, in whatever direction its lines run."""
    return tuple(_found(letters, text, _FRONT if is_first else 0))


def _found(letters: pdfium.PdfTextPage, text: str, front: int) -> Iterator[Raised]:
    x, y = ctypes.c_double(), ctypes.c_double()
    text, numbers = _with_sideways_lines_whole(letters, text)

    def origin(place: int) -> tuple[float, float]:
        raw.FPDFText_GetCharOrigin(letters, numbers[place], x, y)
        return x.value, y.value

    for word in _WORD.finditer(text):
        start, end = word.span()
        beside = [n for n in (start - 1, end) if 0 <= n < len(text) and not text[n].isspace()]
        if start < front or _SIGNED.search(word[0]):
            origins = [origin(n) for n in (*beside, *range(start, end))]
        elif last := len(word[0].rstrip(punctuation)):
            origins = [origin(start), origin(start + last - 1)]
        else:
            continue
        if not _differ([height for _, height in origins]):
            continue
        across, up = _upwards(letters, numbers[start])
        if _differ([right * across + height * up for right, height in origins]):
            whole = {n: origin(n) for n in (*beside, *range(start, end))}
            shapes = {n: (size_of(letters, numbers[n]), right * across + top * up) for n, (right, top) in whole.items()}
            yield from _raised_in(text, start, end, shapes, any_mark=start < front)


def _with_sideways_lines_whole(letters: pdfium.PdfTextPage, text: str) -> tuple[str, Sequence[int]]:
    """The text without the breaks that pdfium makes where a sideways line is raised; the numbers of its letters."""
    kept: list[int] = []
    last = 0
    for gap in _BREAK.finditer(text):
        if gap.start() and gap.end() < len(text) and _goes_on_sideways(letters, gap.start() - 1, gap.end()):
            kept += range(last, gap.start())
            last = gap.end()
    if not last:
        return text, range(len(text))
    kept += range(last, len(text))
    return "".join(text[n] for n in kept), kept


def _goes_on_sideways(letters: pdfium.PdfTextPage, before: int, after: int) -> bool:
    across, up = _upwards(letters, after)
    if abs(across) < abs(up):
        return False
    (x0, y0), (x1, y1) = origin_of(letters, before), origin_of(letters, after)
    along, aside = (x1 - x0) * up - (y1 - y0) * across, (x1 - x0) * across + (y1 - y0) * up
    size = max(size_of(letters, before), size_of(letters, after))
    return 0 < along < _HIGHEST * size and abs(aside) < _HIGHEST * size


def _differ(heights: Sequence[float]) -> bool:
    return max(heights) - min(heights) > _SAME_PT


def _raised_in(text: str, start: int, end: int, shapes: _Shapes, *, any_mark: bool) -> Iterator[Raised]:
    """What is raised or lowered in a word."""
    size, base = max(shapes.values(), key=lambda shape: (shape[0], -shape[1]))
    for place, group in groupby(range(start, end), key=lambda n: _place(text[n], *shapes[n], size, base)):
        places = [*group]
        first, last = places[0], places[-1] + 1
        part, before, after = text[first:last], text[max(0, first - 3 * _CONTEXT) : first], text[last : last + 1]
        if place > 0:
            wanted = any_mark or _SIGNED.search(part) is not None or any(map(str.isalpha, part))
        else:
            wanted = place < 0 and part.isdecimal() and subscript(part, before, after) != part
        if wanted:
            context = "".join(before.split()).translate(_PLAIN)[-_CONTEXT:]
            yield Raised(context, part.translate(_PLAIN), not before or before[-1].isspace(), lowered=place < 0)


def _place(character: str, size: float, height: float, usual: float, base: float) -> int:
    """1 for a raised character, -1 for a lowered one, else 0."""
    if size >= _SMALLER * usual or (character.isalpha() and size < _SMALLEST_LETTER * usual):
        return 0
    if _HIGHER * usual < height - base < _HIGHEST * usual:
        return 1
    return -1 if _LOWER * usual < base - height < _HIGHEST * usual else 0


def _upwards(letters: pdfium.PdfTextPage, number: int) -> tuple[float, float]:
    """The direction in which a character stands up from its line."""
    matrix = _matrix_of(letters, number)
    length = (matrix.a**2 + matrix.b**2) ** 0.5 or 1.0
    return -matrix.b / length, matrix.a / length


def origin_of(letters: pdfium.PdfTextPage, number: int) -> tuple[float, float]:
    """Where a character stands on its line."""
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(letters, number, x, y)
    return x.value, y.value


def size_of(letters: pdfium.PdfTextPage, number: int) -> float:
    """The size of a character as it is drawn."""
    matrix = _matrix_of(letters, number)
    size = raw.FPDFText_GetFontSize(letters, number)
    return float(size * abs(matrix.a * matrix.d - matrix.b * matrix.c) ** 0.5)


def _matrix_of(letters: pdfium.PdfTextPage, number: int) -> raw.FS_MATRIX:
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(letters, number, matrix)
    return matrix


def with_raised(page: Page, raised: Sequence[Raised]) -> Page:
    """The page, with what is raised on it raised in the text of its pieces."""
    if not raised:
        return page
    return replace(page, pieces=tuple(_marked(piece, raised) for piece in page.pieces))


def _marked(piece: Piece, raised: Sequence[Raised]) -> Piece:
    rows = tuple(tuple(_raise(cell, raised) for cell in row) for row in piece.rows)
    return replace(piece, text=_raise(piece.text, raised), rows=rows)


def without_raised(text: str, raised: Sequence[Raised], mark: str) -> str:
    """A text with a mark in place of each raised part, be it letters or digits."""
    for start, end, _ in _places(text, [one for one in raised if not one.lowered]):
        text = f"{text[:start]}{mark}{text[end:]}"
    return text


def _raise(text: str, raised: Sequence[Raised]) -> str:
    for start, end, one in _places(text, raised):
        before, after = text[:start] if one.opens else text[:start].rstrip(), text[end:]
        if one.lowered:
            text = before + subscript(text[start:end], before, after) + after
        else:
            text = before + _up(text[start:end]) + _LOOSE.sub("", after)
    return text


def _up(part: str) -> str:
    """A raised part as other formats write it, the numbers of a list of notes each by itself."""
    if any(map(str.isalpha, part)):
        return superscript(part)
    return _RAISABLE.sub(lambda number: superscript(number[0]), part)


def _places(text: str, raised: Sequence[Raised]) -> list[tuple[int, int, Raised]]:
    """Where raised parts begin and end in a text; the last one first."""
    plain = _BLANK.sub("", text).translate(_PLAIN)
    spans: dict[int, tuple[int, Raised]] = {}
    for one in raised:
        before = one.before
        wanted = before + one.text
        at = plain.find(wanted)
        if at < 0 and one.text in plain[: len(wanted)] and (cut := _longest_start(plain, before, one.text)):
            before, wanted, at = cut[: -len(one.text)], cut, 0
        while at >= 0:
            first = at + len(before)
            spans[first] = (first + len(one.text), one)
            at = plain.find(wanted, at + 1)
    if not spans:
        return []
    places = [n for n, character in enumerate(text) for _ in character.translate(_PLAIN) if not character.isspace()]
    return [(places[first], places[last - 1] + 1, one) for first, (last, one) in sorted(spans.items(), reverse=True)]


def _longest_start(plain: str, before: str, run: str) -> str:
    """The end of the context with the run that the text starts with: a cell or a piece begins inside the context."""
    least = _LEAST_CONTEXT if _SIGNED.search(run) else _LEAST_CONTEXT_OF_LETTERS
    for size in range(len(before), least - 1, -1):
        if plain.startswith(before[-size:] + run):
            return before[-size:] + run
    return ""
