"""Text folded for matching: one spelling, hyphens as blanks, accents off, word ends marked, places kept."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from kg.names.spelling import marks, normalise, simplified

_BLOCK = 0x700
_WORD_LIMIT = 0x2E80
_SINGLE_RANGES = ((0x0000, 0x2E80), (0x2E80, 0x3400), (0xA640, 0xABFF), (0xF900, 0xFFFE), (0x1D400, 0x1D800))


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text; ``starts`` and ``ends`` lead each character back to the original, None where places are equal."""

    text: str
    starts: Sequence[int] | None = None
    ends: Sequence[int] | None = None

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The place of characters [start, end) in the original text."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def fold_name(name: str) -> str:
    """A name as it is looked for in folded text."""
    text = normalise(name)
    if text.isascii():
        return " ".join(text.replace("-", " ").split()) if "-" in text else text
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    return " ".join(unicodedata.normalize("NFKC", bare).replace("-", " ").split())


def fold_text(text: str) -> Folded:
    """Fold a text character by character; only where a piece changes its length are places kept in a table."""
    table = _ascii_table() if text.isascii() else _table()
    single, odd = table.single, table.odd
    if table.loose.isdisjoint(text):
        whole = _each(text, single)
        if "  " not in whole:
            return Folded(whole)
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    for piece in odd.finditer(text):
        if piece.start() > at:
            out.append(_each(text[at : piece.start()], single))
            starts.extend(range(at, piece.start()))
            ends.extend(range(at + 1, piece.start() + 1))
        folded = fold_name(piece.group()) or (" " if single.get(ord(piece.group()[0])) == " " else "")
        out.append(folded)
        starts.extend([piece.start()] * len(folded))
        ends.extend([piece.end()] * len(folded))
        at = piece.end()
    out.append(_each(text[at:], single))
    starts.extend(range(at, len(text)))
    ends.extend(range(at + 1, len(text) + 1))
    return Folded("".join(out), starts, ends)


def _each(text: str, single: dict[int, str]) -> str:
    if text.isascii():
        return text.translate(single)
    text = text.lower()
    changed = [c for c in set(text) if ord(c) in single]
    if len(changed) > 40:
        return text.translate(single)
    for char in changed:
        text = text.replace(char, single[ord(char)])
    return text


def mark_words(text: str) -> str:
    """The text with the first and last characters of its words moved to other code points, place by place.

    A pattern marked in the same way then matches whole words only. Han characters are no words: they match anywhere.
    """
    points = np.frombuffer(text.encode("utf-32-le", "replace"), dtype="<u4")
    marked, is_word = _marked_points()
    low = np.minimum(points, _WORD_LIMIT)
    word = is_word[low]
    inner = word[1:] & word[:-1]
    row = word.view(np.uint8) * np.uint32(3)
    row[1:] -= inner * np.uint32(1)
    row[:-1] -= inner * np.uint32(2)
    moved = np.where(points < _WORD_LIMIT, marked[row * np.uint32(_WORD_LIMIT + 1) + low], points)
    return moved.astype("<u4", copy=False).tobytes().decode("utf-32-le")


@dataclass(frozen=True, slots=True)
class _Table:
    single: dict[int, str]
    odd: re.Pattern[str]
    loose: frozenset[str]


@cache
def _ascii_table() -> _Table:
    single = {p: chr(p).lower() for p in range(65, 91)} | {p: " " for p in range(128) if chr(p).isspace()}
    return _Table(single | {ord("-"): " ", ord("`"): "'"}, re.compile(r"[\s-]{2,}"), frozenset())


@cache
def _table() -> _Table:
    single: dict[int, str] = dict(simplified())
    odd: list[str] = []
    combining: list[str] = []
    blank: list[str] = []
    for low, high in _SINGLE_RANGES:
        for point in range(low, high):
            char = chr(point)
            category = unicodedata.category(char)
            if category in {"Cn", "Co", "Cs"}:
                continue
            if char.isspace() or char == "-" or marks().get(point) == ord("-"):
                single[point] = " "
                blank.append(char)
            elif category in {"Mn", "Me", "Mc"}:
                combining.append(char)
            elif (
                category == "Cf"
                or not unicodedata.is_normalized("NFKD", char)
                or char.casefold() != char
                or point in marks()
            ):
                folded = fold_name(char)
                if len(folded) != 1 or len(char.lower()) != 1:
                    odd.append(char)
                elif folded != char:
                    single[point] = folded
    blanks, loose, joined = ("".join(map(re.escape, chars)) for chars in (blank, odd, combining))
    return _Table(
        single,
        re.compile(f"[{blanks}]{{2,}}|[^{blanks}{joined}][{joined}]+|[{loose}]|[{joined}]"),
        frozenset([*odd, *combining]),
    )


@cache
def _marked_points() -> (
    "tuple[np.ndarray[tuple[int], np.dtype[np.uint32]], np.ndarray[tuple[int], np.dtype[np.bool_]]]"
):
    """Where each character goes that stands inside a word, first, last, or is a word alone; which are of words.

    ASCII goes to places of one or two bytes, which keeps the automaton small: letters that are first to capitals,
    digits to control characters, the rest to a block whose own characters are blanked.
    """
    marked = np.tile(np.arange(_WORD_LIMIT + 1, dtype=np.uint32), (4, 1))
    is_word = np.zeros(_WORD_LIMIT + 1, dtype=np.bool_)
    marked[:, _BLOCK : _BLOCK + 0x100] = 0xFFFD
    for point in range(_WORD_LIMIT):
        char = chr(point)
        if not char.isalnum() or _BLOCK <= point < _BLOCK + 0x100:
            continue
        is_word[point] = True
        if char.isascii():
            first = ord(char.upper()) if char.isalpha() else point - ord("0") + 0x0E
            marked[1:, point] = first, _BLOCK + point, _BLOCK + 0x80 + point
        else:
            marked[1:, point] = point + 0x40000, point + 0x80000, point + 0xC0000
    return marked.reshape(-1), is_word
