"""A report as one page of HTML that needs nothing from elsewhere."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from importlib.resources import files

from eval.development_sets import titled
from eval.report import tables
from eval.report.charts import intervals_chart, legend, stages_chart
from eval.report.content import FEWEST_CLUSTERS, Section, labels, sections
from eval.report.questions import questions_html
from eval.runs import EvalRun

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
_HOW = (
    "Means over questions with 95 % intervals from a bootstrap of 10,000 resamples over clusters of questions that "
    "share their texts. Differences are paired by question; one inside the noise (p above .05) is a tie. Times are "
    "without the embedding of the question, on the machine and under the load that the run tells. Where fewer than "
    f"{FEWEST_CLUSTERS} clusters stand behind a mean, no interval is shown."
)


def html_report(runs: Sequence[EvalRun], *, title: str = "What was measured", most_questions: int = 1000) -> str:
    """The page; everything that comes from data is escaped."""
    style, script = (files("eval.report").joinpath(name).read_text("utf-8") for name in ("style.css", "filter.js"))
    now = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC"
    body = "".join(_section(section, most_questions) for section in sections(runs))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body><header><h1>{escape(title)}</h1>"
        f'<p class="soft">Jianxi 间隙 · {len(runs)} run{"s" if len(runs) != 1 else ""} · {now}</p>'
        f'<p class="note">{_HOW}</p></header>{_table(tables.runs_table(runs))}{body}'
        f"<script>{script}</script></body></html>\n"
    )


def _section(section: Section, most: int) -> str:
    names = labels(section.runs)
    coloured = legend(names) if len(names) > 1 else ""
    title = f"{section.suite}: {section.kind}"
    chart = intervals_chart(section.metrics, names, title=f"{title}, every metric")
    parts = [
        f"<h2>{escape(titled(section.suite))} <span class='soft'>{escape(section.kind)}</span></h2>",
        coloured,
        chart,
    ]
    parts.append(_table(tables.metrics_table(section, names)))
    for comparison in section.comparisons:
        parts.append(
            f"<h3>b = <code>{escape(comparison.b)}</code> against a = <code>{escape(comparison.a)}</code></h3>"
        )
        parts.append(_table(tables.comparison_table(comparison)))
        parts.append(_only(comparison.only_a, "a") + _only(comparison.only_b, "b"))
    for group, rows in section.groups.items():
        parts.append(f"<h3>{escape(section.main)} by {escape(group)}</h3>")
        parts.append(coloured + intervals_chart(rows, names, title=f"{section.main} by {group}"))
        parts.append(_table(tables.group_table(group, rows, names)))
    if section.costs:
        parts.append(f"<h3>Cost</h3>{_table(tables.costs_table(section, names))}")
    if section.stages:
        parts.append("<h3>Milliseconds by stage, medians</h3>" + legend(list(section.stages)))
        parts.append(stages_chart(section.stages, names, title="Milliseconds by stage"))
    parts.append(f"<h3>Questions, worst first</h3>{questions_html(section, names, most=most)}")
    return f"<section>{''.join(parts)}</section>"


def _only(ids: Sequence[str], which: str) -> str:
    if not ids:
        return ""
    shown = ", ".join(ids[:10]) + (f" and {len(ids) - 10} more" if len(ids) > 10 else "")
    return f'<p class="note">Only {which} has {escape(shown)}.</p>'


def _table(table: tables.Table) -> str:
    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{' class=n' if n in table.numbers else ''}>{_cell(table.columns[n], text, tag)}</{tag}>"
            for n, text in enumerate(row)
        )

    rows = "".join(f"<tr>{cells('td', row)}</tr>" for row in table.rows)
    head = f"<thead><tr>{cells('th', table.columns)}</tr></thead>"
    return f"<div class='wide'><table>{head}<tbody>{rows}</tbody></table></div>"


def _cell(column: str, text: str, tag: str) -> str:
    if tag == "th":
        return escape(text)
    if column == "verdict":
        return f'<span class="badge {escape(text)}">{escape(text)}</span>'
    if column == "run":
        return f"<code>{escape(text)}</code>"
    mean, bracket, interval = text.partition(" [")
    return f"{escape(mean)} <small>{escape(bracket.strip() + interval)}</small>" if bracket else escape(text)
