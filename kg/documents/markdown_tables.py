"""Tables of Markdown that are drawn with dashes, as Pandoc writes them, as rows of cells."""

import re
from collections.abc import Sequence

_GRID_RULE = re.compile(r"\+(?:[-=:]{2,}\+)+")
_COLUMNS = re.compile(r"\s{0,100}-{2,}(?:\s+-{2,})+\s{0,100}")


def grid_table(lines: Sequence[str], at: int) -> tuple[list[list[str]], int]:
    """The rows of a table with ``+---+`` between them that begins on a line, and where it ends; no rows without one."""
    rows: list[list[str]] = []
    if not _GRID_RULE.fullmatch(lines[at].strip()):
        return rows, at
    opened = False
    end = at
    while end < len(lines) and (line := lines[end].strip()).startswith(("+", "|")):
        if line.startswith("+"):
            opened = False
        else:
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if opened and len(cells) == len(rows[-1]):
                rows[-1] = [f"{above} {cell}".strip() for above, cell in zip(rows[-1], cells, strict=True)]
            else:
                rows.append(cells)
            opened = True
        end += 1
    return rows, end


def dashed_table(lines: Sequence[str], at: int) -> tuple[list[list[str]], int]:
    """The rows of a table whose head, on this line, stands above a line of dashes for each column, and its end."""
    rule = lines[at + 1] if at + 1 < len(lines) else ""
    if not lines[at].strip() or not _COLUMNS.fullmatch(rule) or at + 2 >= len(lines) or not lines[at + 2].strip():
        return [], at
    starts = [0, *(found.start() for found in re.finditer(r"-+", rule))][2:]
    end = at + 2
    while end < len(lines) and lines[end].strip() and not _COLUMNS.fullmatch(lines[end]):
        end += 1
    rows = [lines[at], *lines[at + 2 : end]]
    return [[row[a:b].strip() for a, b in zip([0, *starts], [*starts, None], strict=True)] for row in rows], end
