"""The angle at which the text of a picture runs."""

from collections import Counter
from collections.abc import Iterable

from kg.domain import Box

_TALL = 1.5
"""A line so many times as high as wide runs sideways; RapidOCR turns it to the left before it reads it."""


def angle_of(lines: Iterable[tuple[Box, bool]]) -> int:
    """0, 90, 180 or 270, clockwise: that of most of the text, by its length.

    Of each line: its box, and whether it was found upside down, a sideways one after it was turned to the left.
    """
    lengths: Counter[int] = Counter()
    for box, upside_down in lines:
        width, height = box.x1 - box.x0, box.y1 - box.y0
        lengths[(90 if height >= _TALL * width else 0) + (180 if upside_down else 0)] += round(max(width, height))
    return lengths.most_common(1)[0][0] if lengths else 0


def turned_left(box: Box, angle: int) -> Box:
    """A box after the picture was turned about its top left corner, by 0, 90, 180 or 270."""
    if angle == 90:
        return Box(box.y0, -box.x1, box.y1, -box.x0)
    if angle == 180:
        return Box(-box.x1, -box.y1, -box.x0, -box.y0)
    if angle == 270:
        return Box(-box.y1, box.x0, -box.y0, box.x1)
    return box
