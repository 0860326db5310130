"""``jianxi eval pdf`` and ``jianxi eval pdf-metadata``: how well PDF files are parsed."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import AsJson, out_of


def pdf(
    folder: Annotated[Path | None, typer.Option(help="Folder of the fixtures.")] = None,
    ocr: Annotated[bool, typer.Option("--ocr", help="Read pages without text by OCR.")] = False,
    parser: Annotated[str, typer.Option(help="`auto`, `mineru-cli` or `mineru+http://HOST:PORT`.")] = "auto",
    only_tested: Annotated[bool, typer.Option("--only-tested", help="Only the files that have tests.")] = False,
    as_json: AsJson = False,
) -> None:
    """Run the hand-written tests on parsed PDF files, and keep the run; exits 1 where too few pass."""
    from dataclasses import asdict

    from eval.data_folder import data_folder
    from eval.pdf.suite import fixtures, items_of, run
    from eval.runs import Json, kept_runs

    out = out_of(as_json)
    given = folder or data_folder() / "pdf_fixtures"
    cases, files = fixtures(given, only_tested=only_tested)
    with out.progress() as bars:
        report = asyncio.run(run(cases, files, ocr=ocr, parser=parser, progress=bars.show))
    figures = {
        "passed": report.passed / report.tests,
        "seconds_a_page": report.seconds_a_page,
        "peak_rss_mb": report.peak_rss_mb,
    }
    manifest: dict[str, Json] = {"pages": report.pages, "files": report.files, "parser": parser, "ocr": ocr}
    system = f"{parser}{' with OCR' if ocr else ''}"
    kept = kept_runs().keep("pdf", "pdf", system, items_of(cases, report), figures=figures, manifest=manifest)
    if as_json:
        out.json({"suite": "pdf", "n": report.tests, **asdict(report), "run": kept.id})
    else:
        out.line(f"{report.passed} of {report.tests} tests pass (asked {report.asked})")
        out.table(("type", "passed"), [{"type": kind, "passed": told} for kind, told in report.by_type.items()])
        out.line(f"{report.pages} pages, {report.seconds_a_page} s a page, {report.peak_rss_mb} MB at most")
        for name, why in report.refused.items():
            out.text(f"refused {name}: {why}")
        out.line(f"run {kept.id}")
    if report.passed < report.asked or not report.bad_files_clean:
        raise typer.Exit(1)


def pdf_metadata(as_json: AsJson = False) -> None:
    """Compare the metadata taken from first pages with what a reader wrote down; exits 1 where too few are right.

    The pages are those of the PDF fixtures that show a title, and of 20 open papers set as PDF from their JATS.
    """
    from dataclasses import asdict

    from eval.data_folder import data_folder
    from eval.pdf.front_pages import FIELDS, run

    out = out_of(as_json)
    report = run(data_folder())
    if as_json:
        out.json({"suite": "pdf-metadata", **asdict(report)})
    else:
        out.table(("pages", "whole", *FIELDS), [{"pages": name, **right} for name, right in report.sets.items()])
        for page, fields in report.wrong.items():
            for field, (told, wanted) in fields.items():
                out.text(f"{page}: {field}: {told!r}, not {wanted!r}")
    if not report.passed:
        raise typer.Exit(1)
