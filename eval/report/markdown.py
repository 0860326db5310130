"""A report as Markdown."""

from collections.abc import Sequence

from eval.development_sets import titled
from eval.report import tables
from eval.report.content import labels, sections
from eval.runs import EvalRun


def markdown_report(runs: Sequence[EvalRun], *, title: str = "What was measured") -> str:
    """Tables of every section; numbers stand beside the ids of their runs."""
    lines = [f"# {title}", "", "Means with 95 % intervals, bootstrap over clusters of questions.", ""]
    lines += table_lines(tables.runs_table(runs))
    for section in sections(runs):
        names = labels(section.runs)
        lines += [
            "",
            f"## {titled(section.suite)}, {section.kind}",
            "",
            "Runs: " + ", ".join(f"`{r.id}`" for r in section.runs),
        ]
        lines += ["", *table_lines(tables.metrics_table(section, names))]
        for comparison in section.comparisons:
            lines += ["", f"b = `{comparison.b}` against a = `{comparison.a}`, {comparison.n} items in both:", ""]
            lines += table_lines(tables.comparison_table(comparison))
        for group, rows in section.groups.items():
            lines += ["", f"### {section.main} by {group}", "", *table_lines(tables.group_table(group, rows, names))]
        if section.costs:
            lines += ["", "### Cost", "", *table_lines(tables.costs_table(section, names))]
    return "\n".join(lines) + "\n"


def table_lines(table: tables.Table) -> list[str]:
    """A table in Markdown."""
    rule = "|".join("---:" if n in table.numbers else "---" for n in range(len(table.columns)))
    return [_row(table.columns), f"|{rule}|", *map(_row, table.rows)]


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(_plain(cell) for cell in cells) + " |"


def _plain(text: str) -> str:
    """Text that cannot end a cell or begin markup."""
    escaped = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return " ".join(escaped.split())
