"""Tables in Markdown as grids whose cells know their neighbours and headings."""

import re
from dataclasses import dataclass

_RULE = re.compile(r"\s*:?-+:?\s*")


@dataclass(frozen=True, slots=True)
class Grid:
    """Cells by row and column; the first row and the first column are headings."""

    rows: tuple[tuple[str, ...], ...]

    def cell(self, row: int, column: int) -> str | None:
        """The text at a place; None outside the table."""
        if row < 0 or column < 0 or row >= len(self.rows) or column >= len(self.rows[row]):
            return None
        return self.rows[row][column]

    def top_headings(self, row: int, column: int) -> list[str]:
        """The headings above a cell."""
        above = [cell for n in range(row - 1, -1, -1) if (cell := self.cell(n, column)) is not None]
        return above if column == 0 else above[-1:]

    def left_headings(self, row: int, column: int) -> list[str]:
        """The headings left of a cell."""
        left = [self.rows[row][n] for n in range(column - 1, -1, -1)]
        return left if row == 0 else left[-1:]


def grids_in(markdown: str) -> list[Grid]:
    """The pipe tables of a Markdown text, each of two lines at least."""
    grids: list[Grid] = []
    lines: list[str] = []
    for line in [*markdown.strip().split("\n"), ""]:
        if "|" in line:
            lines.append(line)
            continue
        if len(lines) >= 2 and (grid := _grid(lines)).rows:
            grids.append(grid)
        lines = []
    return grids


def _grid(lines: list[str]) -> Grid:
    rows = []
    for line in lines:
        stripped = line.strip()
        if not stripped.startswith("|"):
            stripped = f"|{stripped}"
        if not stripped.endswith("|") or stripped.endswith("\\|"):
            stripped = f"{stripped}|"
        cells = [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", stripped)[1:-1]]
        if cells and not all(_RULE.fullmatch(cell) for cell in cells):
            rows.append(tuple(cells))
    return Grid(tuple(rows))
