"""Rows of cells that span columns and rows, made a plain grid."""

from collections.abc import Sequence

_MOST_COLUMNS = 200
_MOST_SPAN = 500
_LEAST_ROOM = 100_000
_ROOM_FACTOR = 10


def span_of(value: str | None) -> int:
    """How many columns or rows a cell covers, as its markup says; 1 where it says nothing that makes sense."""
    return int(value) if value and value.isdecimal() and len(value) < 5 else 1


def filled_grid(rows: Sequence[Sequence[tuple[str, int, int]]]) -> list[list[str]]:
    """A grid from cells (text, columns, rows): the text of a spanning cell is repeated in every place it covers.

    What is repeated takes at most ten times the room of the cells; places beyond that stay empty.
    """
    room = _LEAST_ROOM + _ROOM_FACTOR * sum(len(text) for row in rows for text, _, _ in row)
    grid: list[list[str]] = []
    hanging: dict[int, tuple[str, int]] = {}
    for row in rows:
        line: list[str] = []
        cells = iter(row)
        cell = next(cells, None)
        while (cell is not None or len(line) in hanging) and len(line) < _MOST_COLUMNS:
            place = len(line)
            if place in hanging:
                text, left = hanging.pop(place)
                room -= len(text)
                line.append(text if room > 0 else "")
                if left > 1:
                    hanging[place] = (text, left - 1)
                continue
            if cell is None:
                break
            text, columns, down = cell
            for _ in range(min(max(columns, 1), _MOST_COLUMNS - place)):
                if down > 1:
                    hanging[len(line)] = (text, min(down, _MOST_SPAN) - 1)
                room -= len(text)
                line.append(text if room > 0 else "")
            cell = next(cells, None)
        if line:
            grid.append(line)
    return grid
