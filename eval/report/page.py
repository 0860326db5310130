"""A report as one page of HTML that needs nothing from elsewhere."""

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from importlib.resources import files

from markdown_it import MarkdownIt

from eval.report.charts import intervals_chart, legend, stages_chart
from eval.report.content import Section, labels, sections
from eval.report.markdown import HOW, heading, plain, runs_table, tables_of
from eval.report.questions import questions_html
from eval.runs import EvalRun

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"


def html_report(runs: Sequence[EvalRun], *, title: str = "What was measured", most_questions: int = 1000) -> str:
    """The page; everything that comes from data is escaped."""
    style, script = (files("eval.report").joinpath(name).read_text("utf-8") for name in ("style.css", "filter.js"))
    count = f"{len(runs)} run{'s' if len(runs) != 1 else ''}"
    head = f"# {plain(title)}\n\nJianxi 间隙 · {count} · {datetime.now(UTC):%Y-%m-%d %H:%M} UTC\n\n{HOW}"
    body = "".join(_section(section, most_questions) for section in sections(runs))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f"<title>{escape(title)}</title><style>{style}</style></head><body>"
        f"<header>{_html(head)}</header>{_html(runs_table(runs))}{body}<script>{script}</script></body></html>\n"
    )


def _section(section: Section, most: int) -> str:
    names = labels(section.runs)
    coloured = legend(names) if len(names) > 1 else ""
    whole = intervals_chart(section.metrics, names, title=f"{section.suite}: {section.kind}, every metric")
    parts = [_html(heading(section)), coloured, whole]
    for head, group, table in tables_of(section):
        rows = section.groups.get(group, {})
        chart = coloured + intervals_chart(rows, names, title=f"{section.main} by {group}") if rows else ""
        parts += [_html(head), chart, _html(table)]
    if section.stages:
        parts += ["<h3>Milliseconds by stage, medians</h3>", legend(list(section.stages))]
        parts.append(stages_chart(section.stages, names, title="Milliseconds by stage"))
    parts.append(f"<h3>Questions, worst first</h3>{questions_html(section, names, most=most)}")
    return f"<section>{''.join(parts)}</section>"


def _html(markdown: str) -> str:
    """Headings, paragraphs, tables and code; data can make no links, pictures or tags of its own."""
    reader = MarkdownIt("zero").enable(["heading", "table", "backticks", "escape", "entity"])
    return str(reader.render(markdown))
