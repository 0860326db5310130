"""The hand-written tests: what must, or must not, be in the text of a page."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from eval.json_lines import Row, records
from eval.pdf.formulas import formulas_in, shows
from eval.pdf.fuzzy_match import comes_before, contains, indel_ratio, normalised
from eval.pdf.grids import Grid, grids_in


@dataclass(frozen=True, slots=True)
class Case:
    """One test of one page; the fields that its kind does not use are empty."""

    id: str
    pdf: str
    page: int
    kind: str
    text: str = ""
    case_sensitive: bool = True
    first_n: int | None = None
    last_n: int | None = None
    before: str = ""
    after: str = ""
    cell: str = ""
    up: str = ""
    down: str = ""
    left: str = ""
    right: str = ""
    top_heading: str = ""
    left_heading: str = ""
    math: str = ""
    max_diffs: int = 0


def read_cases(path: Path) -> list[Case]:
    """The tests of a JSON Lines file; raises MissingData and BrokenData."""
    return records(path, _case)


def passes(case: Case, markdown: str) -> bool:
    """Whether the text of the page, in Markdown, is as the test asks."""
    return _CHECKS[case.kind](case, markdown)


def _case(_: int, row: Row) -> Case:
    names = {field.name for field in fields(Case)} - {"kind"}
    if row["type"] not in KINDS:
        raise ValueError(f"the type {row['type']!r} is none of {', '.join(KINDS)}")
    return Case(kind=row["type"], **{name: said for name, said in row.items() if name in names and said is not None})


def _present(case: Case, markdown: str) -> bool:
    query, text = normalised(case.text), normalised(markdown)
    if not case.case_sensitive:
        query, text = query.lower(), text.lower()
    if case.first_n or case.last_n:
        text = text[: case.first_n or 0] + (text[-case.last_n :] if case.last_n else "")
    return contains(query, text, case.max_diffs)


def _order(case: Case, markdown: str) -> bool:
    return comes_before(normalised(case.before), normalised(case.after), normalised(markdown), case.max_diffs)


def _table(case: Case, markdown: str) -> bool:
    return any(
        _at(case, grid, row, column)
        for grid in grids_in(markdown)
        for row, cells in enumerate(grid.rows)
        for column in range(len(cells))
    )


def _at(case: Case, grid: Grid, row: int, column: int) -> bool:
    if not _alike(case.cell, grid.cell(row, column), case.max_diffs):
        return False
    beside: list[tuple[str, Sequence[str | None]]] = [
        (case.up, [grid.cell(row - 1, column)]),
        (case.down, [grid.cell(row + 1, column)]),
        (case.left, [grid.cell(row, column - 1)]),
        (case.right, [grid.cell(row, column + 1)]),
        (case.top_heading, grid.top_headings(row, column)),
        (case.left_heading, grid.left_headings(row, column)),
    ]
    return all(any(_alike(wanted, cell, case.max_diffs) for cell in cells) for wanted, cells in beside if wanted)


def _alike(wanted: str, cell: str | None, max_diffs: int) -> bool:
    if cell is None:
        return False
    query = normalised(wanted)
    return indel_ratio(query, normalised(cell)) >= max(0.5, 1 - max_diffs / max(len(query), 1))


def _math(case: Case, markdown: str) -> bool:
    return any(formula == case.math or shows(formula, case.math) for formula in formulas_in(markdown))


_CHECKS: dict[str, Callable[[Case, str], bool]] = {
    "present": _present,
    "absent": lambda case, markdown: not _present(case, markdown),
    "order": _order,
    "table": _table,
    "math": _math,
}
KINDS = tuple(_CHECKS)
