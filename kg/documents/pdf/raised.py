"""Raised digits and signs of a PDF page: exponents, charges and marks of notes, told by size and baseline."""

import ctypes
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from kg.documents.pdf.pieces import Page, Piece
from kg.documents.superscript import superscript

_RUN = re.compile(r"[\d+\-−–,/]{1,40}")
_WORD = re.compile(r"[^\s]{1,60}")
_SIGNED = re.compile(r"[\d+\-−–]")
_BLANK = re.compile(r"\s+")
_RAISABLE = re.compile(r"[\d+\-−–]{1,40}")
_LOOSE = re.compile(r"\A (?=[.,;:)\]])")
_SMALLER, _HIGHER, _HIGHEST = 0.9, 0.12, 1.0
_CONTEXT = 12
_FRONT = 1600
"""Characters of a first page in which its authors stand."""
_LEAST_CONTEXT = 2
_PLAIN = str.maketrans({"−": "-", "–": "-", "‐": "-", "\u00ad": None, "ﬁ": "fi", "ﬂ": "fl", "ﬀ": "ff", "’": "'"})


@dataclass(frozen=True, slots=True)
class Raised:
    """Raised characters, with the characters before them, both without blanks and with plain dashes.

    ``opens`` where a blank stands before them.
    """

    before: str
    text: str
    opens: bool


def raised_on(letters: pdfium.PdfTextPage, text: str, *, letters_too: bool = False) -> tuple[Raised, ...]:
    """The raised digits and signs of an upright page in the order of its text, on demand with raised letters."""
    front = _FRONT if letters_too else 0
    return (*_found(letters, text, _WORD, 0, front), *_found(letters, text, _RUN, front, len(text)))


def _found(letters: pdfium.PdfTextPage, text: str, runs: re.Pattern[str], first: int, last: int) -> Iterator[Raised]:
    for run in runs.finditer(text, first, last):
        start, end = run.span()
        beside = [n for n in (start - 1, end) if 0 <= n < len(text) and not text[n].isspace()]
        places = [*(range(start, end) if runs is _WORD else (start, end - 1)), *beside]
        if len(places) < 2 or len({round(_height(letters, n), 1) for n in places}) < 2:
            continue
        shapes = {n: (size_of(letters, n), _height(letters, n)) for n in [*beside, *range(start, end)]}
        size, base = max(shapes.values(), key=lambda shape: (shape[0], -shape[1]))
        is_raised = [
            shapes[n][0] < _SMALLER * size and _HIGHER * size < shapes[n][1] - base < _HIGHEST * size
            for n in range(start, end)
        ]
        at = 0
        while at < len(is_raised):
            to = at
            while to < len(is_raised) and is_raised[to]:
                to += 1
            part = text[start + at : start + to]
            if _SIGNED.search(part) or (part and runs is _WORD):
                opens = start + at == 0 or text[start + at - 1].isspace()
                before = "".join(text[max(0, start + at - 3 * _CONTEXT) : start + at].split())
                yield Raised(before.translate(_PLAIN)[-_CONTEXT:], part.translate(_PLAIN), opens)
            at = max(to, at + 1)


def _height(letters: pdfium.PdfTextPage, number: int) -> float:
    return origin_of(letters, number)[1]


def origin_of(letters: pdfium.PdfTextPage, number: int) -> tuple[float, float]:
    """Where a character stands on its line."""
    x, y = ctypes.c_double(), ctypes.c_double()
    raw.FPDFText_GetCharOrigin(letters, number, x, y)
    return x.value, y.value


def size_of(letters: pdfium.PdfTextPage, number: int) -> float:
    """The size of a character as it is drawn."""
    matrix = raw.FS_MATRIX()
    raw.FPDFText_GetMatrix(letters, number, matrix)
    size = raw.FPDFText_GetFontSize(letters, number)
    return float(size * abs(matrix.a * matrix.d - matrix.b * matrix.c) ** 0.5)


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
    for start, end, _ in _places(text, raised):
        text = f"{text[:start]}{mark}{text[end:]}"
    return text


def _raise(text: str, raised: Sequence[Raised]) -> str:
    if not any(character.isdigit() or character in "+-−–" for character in text):
        return text
    for start, end, opens in _places(text, raised):
        up = _RAISABLE.sub(lambda part: superscript(part[0]), text[start:end])
        text = (text[:start] if opens else text[:start].rstrip()) + up + _LOOSE.sub("", text[end:])
    return text


def _places(text: str, raised: Sequence[Raised]) -> list[tuple[int, int, bool]]:
    """Where raised parts begin and end in a text, and whether a blank stands before them; the last one first."""
    plain = _BLANK.sub("", text).translate(_PLAIN)
    spans: dict[int, tuple[int, bool]] = {}
    for one in raised:
        before = one.before
        wanted = before + one.text
        at = plain.find(wanted)
        if at < 0 and one.text in plain[: len(wanted)] and (cut := _longest_start(plain, before, one.text)):
            before, wanted, at = cut[: -len(one.text)], cut, 0
        while at >= 0:
            first = at + len(before)
            spans[first] = (first + len(one.text), one.opens)
            at = plain.find(wanted, at + 1)
    if not spans:
        return []
    places = [n for n, character in enumerate(text) for _ in character.translate(_PLAIN) if not character.isspace()]
    return [
        (places[first], places[last - 1] + 1, opens) for first, (last, opens) in sorted(spans.items(), reverse=True)
    ]


def _longest_start(plain: str, before: str, run: str) -> str:
    """The end of the context with the run that the text starts with: a cell or a piece begins inside the context."""
    for size in range(len(before), _LEAST_CONTEXT - 1, -1):
        if plain.startswith(before[-size:] + run):
            return before[-size:] + run
    return ""
