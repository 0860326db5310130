"""``jianxi eval report``: kept runs as a page of HTML and as Markdown."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import out_of


def report(
    runs: Annotated[
        list[str], typer.Argument(help="Ids of runs; the first of each suite is compared with its others.")
    ],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="The HTML file [report.html].")] = None,
    markdown: Annotated[Path | None, typer.Option(help="A Markdown file.")] = None,
    title: Annotated[str, typer.Option(help="The title.")] = "What was measured",
    questions: Annotated[int, typer.Option(help="Most questions shown of a suite, worst first.")] = 1000,
) -> None:
    """Write one self-contained page on runs: charts, tables, comparisons, and every question with its evidence."""
    from eval.report.markdown import markdown_report
    from eval.report.page import html_report
    from eval.runs import kept_runs

    out = out_of(False)
    chosen = [kept_runs().get(id_) for id_ in runs]
    if output is None and markdown is None:
        output = Path("report.html")
    if output is not None:
        output.write_text(html_report(chosen, title=title, most_questions=questions), "utf-8")
        out.note(f"{output} ({output.stat().st_size / 1024:.0f} KB)")
    if markdown is not None:
        markdown.write_text(markdown_report(chosen, title=title), "utf-8")
        out.note(str(markdown))
