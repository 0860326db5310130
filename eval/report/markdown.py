"""A report as Markdown; a page of HTML is the same with what only a page can show."""

from collections.abc import Iterator, Sequence

from eval.comparison import COLUMNS
from eval.development_sets import titled
from eval.report.content import FEWEST_CLUSTERS, Cell, Section, labels, main_metric, sections
from eval.runs import EvalRun

HOW = (
    "Means over questions with 95 % intervals from a bootstrap of 10,000 resamples over clusters of questions that "
    "share their texts. Differences are paired by question; one inside the noise (p above .05) is a tie. Times are "
    "without the embedding of the question, on the machine and under the load that the run tells. Where fewer than "
    f"{FEWEST_CLUSTERS} clusters stand behind a mean, no interval is shown."
)


def markdown_report(runs: Sequence[EvalRun], *, title: str = "What was measured") -> str:
    """Tables of every section; numbers stand beside the ids of their runs."""
    parts = [f"# {plain(title)}\n\n{HOW}", runs_table(runs)]
    for section in sections(runs):
        parts += [heading(section), *(f"{head}\n\n{table}" for head, _, table in tables_of(section))]
    return "\n\n".join(parts) + "\n"


def heading(section: Section) -> str:
    """The suite, the kind and the runs of a section."""
    ids = ", ".join(f"`{plain(r.id)}`" for r in section.runs)
    return f"## {plain(titled(section.suite))}, {plain(section.kind)}\n\nRuns: {ids}"


def tables_of(section: Section) -> Iterator[tuple[str, str, str]]:
    """The heading of each table, the group that it is of where it is of one, and the table."""
    names = labels(section.runs)
    metrics = [(name, *map(cell_text, cells)) for name, cells in section.metrics.items()]
    yield "### Every metric", "", table(("metric", *names), metrics, right=1)
    for told in section.comparisons:
        head = f"### b = `{plain(told.b)}` against a = `{plain(told.a)}`, {told.n} items in both"
        head += "".join(f"\n\nOnly {which} has {plain(ids)}." for which, ids in told.alone(10))
        yield head, "", table(COLUMNS, [m.cells() for m in told.metrics], right=1)
    for group, own in section.groups.items():
        rows = [(name, str(next((c.n for c in cells if c), 0)), *map(cell_text, cells)) for name, cells in own.items()]
        head = f"### {plain(section.main)} by {plain(group)}"
        yield head, group, table((group, "n", *names), rows, right=1)
    if section.costs:
        costs = [(name, *map(_number, values)) for name, values in section.costs.items()]
        yield "### Cost", "", table(("cost", *names), costs, right=1)


def runs_table(runs: Sequence[EvalRun]) -> str:
    """Which runs the report tells of."""
    rows = [
        (r.suite, r.system, str(len(r.items)), _main(r), r.created.replace("T", " ")[:16], _about(r), f"`{r.id}`")
        for r in runs
    ]
    return table(("suite", "system", "n", "main figure", "measured (UTC)", "with", "run"), rows)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, right: int | None = None) -> str:
    """A table; the columns from ``right`` on stand right."""
    rule = "|".join("---" if right is None or n < right else "---:" for n in range(len(columns)))
    lines = ["| " + " | ".join(map(plain, cells)) + " |" for cells in (columns, *rows)]
    return "\n".join([lines[0], f"|{rule}|", *lines[1:]])


def plain(text: str) -> str:
    """Text on one line that cannot end a cell of a table or open a tag; other marks of Markdown stay marks."""
    escaped = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return " ".join(escaped.split())


def cell_text(cell: Cell | None) -> str:
    """A mean with its interval, where there is one."""
    if cell is None:
        return "–"
    bounds = f" [{cell.low:.3f}, {cell.high:.3f}]" if cell.sure else ""
    return f"{cell.mean:.3f}{bounds}"


def _main(run: EvalRun) -> str:
    name = main_metric([run])
    own = [item.metrics[name] for item in run.items if name in item.metrics]
    return f"{name} {sum(own) / len(own):.3f}" if own else "–"


def _about(run: EvalRun) -> str:
    keys = ("embedder", "model", "prompt", "judge", "texts", "load")
    return ", ".join(f"{key} {run.manifest[key]}" for key in keys if run.manifest.get(key) is not None)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"
