"""The tables of a report as rows of text, for HTML and for Markdown."""

from collections.abc import Sequence
from dataclasses import dataclass

from eval.comparison import COLUMNS, Comparison
from eval.report.content import Cell, Row, Section, main_metric
from eval.runs import EvalRun


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; ``numbers`` are the columns that stand right."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()


def runs_table(runs: Sequence[EvalRun]) -> Table:
    """Which runs the report tells of."""
    rows = [
        (r.suite, r.system, str(len(r.items)), _main(r), r.created.replace("T", " ")[:16], _about(r), r.id)
        for r in runs
    ]
    return Table(("suite", "system", "n", "main figure", "measured (UTC)", "with", "run"), tuple(rows), frozenset({2}))


def metrics_table(section: Section, names: Sequence[str]) -> Table:
    """Means with intervals of every metric."""
    shown = tuple((row.name, *map(cell_text, row.cells)) for row in section.metrics)
    return Table(("metric", *names), shown, frozenset(range(1, len(names) + 1)))


def group_table(group: str, rows: Sequence[Row], names: Sequence[str]) -> Table:
    """The main metric by the values of a group."""
    with_n = tuple(
        (row.name, str(next((c.n for c in row.cells if c is not None), 0)), *map(cell_text, row.cells)) for row in rows
    )
    return Table((group, "n", *names), with_n, frozenset(range(1, len(names) + 2)))


def costs_table(section: Section, names: Sequence[str]) -> Table:
    """Times and tokens."""
    rows = [(name, *(_number(v) for v in values)) for name, values in section.costs.items()]
    return Table(("cost", *names), tuple(rows), frozenset(range(1, len(names) + 1)))


def comparison_table(comparison: Comparison) -> Table:
    """What the second run is against the first."""
    return Table(COLUMNS, tuple(m.cells() for m in comparison.metrics), frozenset(range(1, 6)))


def cell_text(cell: Cell | None) -> str:
    """A mean with its interval, where there is one."""
    if cell is None:
        return "–"
    if not cell.sure:
        return f"{cell.interval.mean:.3f}"
    return f"{cell.interval.mean:.3f} [{cell.interval.low:.3f}, {cell.interval.high:.3f}]"


def _main(run: EvalRun) -> str:
    name = main_metric([run])
    own = [item.metrics[name] for item in run.items if name in item.metrics]
    return f"{name} {sum(own) / len(own):.3f}" if own else "–"


def _about(run: EvalRun) -> str:
    keys = ("embedder", "model", "prompt", "judge", "texts", "load")
    return ", ".join(f"{key} {run.manifest[key]}" for key in keys if run.manifest.get(key) is not None)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
