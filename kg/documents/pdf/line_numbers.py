"""The numbers of lines at the margin of preprints and manuscripts, which are no text."""

import ctypes
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

_FEWEST = 5
_ALIGNED_PT = 2.5
_WIDEST_PT = 40.0
_SAME_LINE_PT, _GAP_PT = 5.0, 15.0
_MOST_UNNUMBERED = 5
_NUMBER = re.compile(r"\d{1,4}")
_Number = tuple[float, float, float, int, Any]
"""Left, right and bottom of a number, its value and its object."""
_HINT = re.compile(r"(?:^|\n)\s{0,4}\d{1,4}(?=[\s\r])|\s\d{1,4}\s{0,4}(?=[\r\n]|\Z)")


def remove_line_numbers(page: pdfium.PdfPage, letters: pdfium.PdfTextPage, text: str) -> bool:
    """Take a column of numbers that count up by one or five line by line out of a page; whether there was one."""
    if not _counts(text):
        return False
    numbers, others = [], []
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for place in range(raw.FPDFPage_CountObjects(page)):
        handle = raw.FPDFPage_GetObject(page, place)
        if raw.FPDFPageObj_GetType(handle) != raw.FPDF_PAGEOBJ_TEXT:
            continue
        raw.FPDFPageObj_GetBounds(handle, left, bottom, right, top)
        words = text_of(handle, letters).strip() if right.value - left.value < _WIDEST_PT else "text"
        if _NUMBER.fullmatch(words):
            numbers.append((left.value, right.value, bottom.value, int(words), handle))
        elif words:
            others.append((left.value, right.value, bottom.value))
    if len(numbers) < _FEWEST or not others:
        return False
    found = _counting([n for n in numbers if n[1] < _nth(sorted(left for left, _, _ in others), 0.1)])
    found = found or _counting([n for n in numbers if n[0] > _nth(sorted(right for _, right, _ in others), 0.9)])
    if not _number_all(found, [bottom for _, _, bottom in others]) and not _number_prose(found, others):
        return False
    for *_, handle in found:
        raw.FPDFPage_RemoveObject(page, handle)
    if found:
        raw.FPDFPage_GenerateContent(page)
    return bool(found)


def _counts(text: str) -> bool:
    """Whether the numbers at the edges of lines go up step by step."""
    hints = [int(found[0]) for found in _HINT.finditer(text)]
    steps = [two - one for one, two in pairwise(hints)]
    return any(steps.count(step) >= _FEWEST - 1 for step in {s for s in steps if 1 <= s <= 10})


def text_of(handle: Any, letters: pdfium.PdfTextPage) -> str:
    """The text of an object of a page."""
    length = raw.FPDFTextObj_GetText(handle, letters, None, 0)
    buffer = (ctypes.c_ushort * (length // 2 + 1))()
    raw.FPDFTextObj_GetText(handle, letters, buffer, length)
    return bytes(buffer)[: max(0, length - 2)].decode("utf-16-le", errors="ignore")


def _nth(values: Sequence[float], share: float) -> float:
    return values[min(int(share * len(values)), len(values) - 1)]


def _number_all(found: Sequence[_Number], bottoms: Sequence[float]) -> bool:
    """Whether the numbers run along all lines but a few at the top and bottom; those of the rows of a table do not."""
    step = found[1][3] - found[0][3] if found else 0
    lines = {round(bottom / 4) for bottom in bottoms}
    above = sum(1 for line in lines if found and line > found[0][2] / 4 + 1)
    below = sum(1 for line in lines if found and line < found[-1][2] / 4 - 1)
    return bool(found) and above < _MOST_UNNUMBERED + step and below < _MOST_UNNUMBERED + step


def _number_prose(found: Sequence[_Number], others: Sequence[tuple[float, float, float]]) -> bool:
    """Whether the numbers stand beside lines without gaps and no line reaches their column, as a table below may not.

    The rows of a table have gaps, or the text around it begins where their numbers do.
    """
    if not found:
        return False
    left, right = min(number[0] for number in found), max(number[1] for number in found)
    reach = {round(bottom / 4) for x0, x1, bottom in others if x0 < right and x1 > left}
    lines: dict[int, list[tuple[float, float]]] = {}
    for x0, x1, bottom in others:
        lines.setdefault(round(bottom / _SAME_LINE_PT), []).append((x0, x1))
    places = (round(number[2] / _SAME_LINE_PT) for number in found)
    numbered = (sorted(one for near in (at - 1, at, at + 1) for one in lines.get(near, ())) for at in places)
    prose = sum(1 for line in numbered if line and all(two[0] - one[1] < _GAP_PT for one, two in pairwise(line)))
    return len(reach) < _MOST_UNNUMBERED and 2 * prose > len(found)


def _counting(numbers: Sequence[_Number]) -> list[_Number]:
    """The numbers of one column that count up from the top down by one step."""
    best: list[_Number] = []
    for side in (0, 1):
        for column in _columns(numbers, side):
            ordered = sorted(column, key=lambda one: -one[2])
            steps = [two[3] - one[3] for one, two in pairwise(ordered)]
            step = max(set(steps), key=steps.count, default=0)
            if len(ordered) >= _FEWEST and 1 <= step <= 10 and steps.count(step) >= 0.8 * len(steps):
                best = max(best, ordered, key=len)
    return best


def _columns(numbers: Sequence[_Number], side: int) -> list[list[_Number]]:
    columns: list[list[_Number]] = []
    for number in sorted(numbers, key=lambda one: one[side]):
        if columns and number[side] - columns[-1][-1][side] < _ALIGNED_PT:
            columns[-1].append(number)
        else:
            columns.append([number])
    return columns
