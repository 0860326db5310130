"""Rows of tab-separated training data."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from eval.errors import BrokenData
from eval.json_lines import numbered_lines

Made = TypeVar("Made")


def tab_rows(path: Path, make: Callable[..., Made]) -> list[Made]:
    """What ``make`` makes of the cells of each row below the header.

    Raises MissingData, and BrokenData where a row has other columns than the header and where ``make`` refuses it.
    """
    (_, header), *lines = [*numbered_lines(path)] or [(1, "")]
    columns, made = header.split("\t"), []
    for number, line in lines:
        cells = line.split("\t")
        if len(cells) != len(columns):
            raise BrokenData(path, number, f"{len(cells)} columns where {', '.join(columns)} are asked")
        try:
            made.append(make(*cells))
        except (LookupError, ValueError) as error:
            raise BrokenData(path, number, str(error)) from error
    return made
