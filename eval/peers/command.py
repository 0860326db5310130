"""``jianxi eval peers``: the product beside other systems, in one run; ``jianxi eval results`` writes them down."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from app.cli.output import AsJson, fail, out_of

_SUITES = ("musique100", "hotpot100", "scifact", "rgb")


def compare_peers(
    suite: Annotated[
        list[str] | None, typer.Option(help="A suite of the evaluation data, again for more; all four by default.")
    ] = None,
    system: Annotated[
        list[str] | None,
        typer.Option(help="bm25, dense, rrf, title-rule, hipporag, jianxi, modes or ablation, again for more; all."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Measure the product beside BM25, dense search, rank fusion, a rule over titles and HippoRAG 2; keep the runs."""
    from app.providers import embedder_of
    from app.settings import Settings
    from eval.data_folder import data_folder
    from eval.peers.comparison import compared
    from eval.peers.lineup import FAMILIES, triples_path
    from eval.peers.table import COLUMNS, rows_of
    from eval.retrieval.commands import home_of
    from eval.retrieval.suites import suite_named
    from eval.runs import kept_runs

    out = out_of(as_json)
    settings = Settings()
    data = data_folder()
    if unknown := sorted(set(system or ()) - set(FAMILIES)):
        fail(f"no system {', '.join(unknown)}; choose of {', '.join(FAMILIES)}")
    shown: dict[str, object] = {}
    for name in suite or _SUITES:
        read = suite_named(name, data)
        with out.progress() as bars:
            runs = asyncio.run(
                compared(
                    read,
                    system or FAMILIES,
                    home=home_of(settings.home_path, read, None),
                    folder=settings.home_path / "eval" / "peers",
                    runs=kept_runs(settings),
                    embedder=embedder_of(settings),
                    triples=triples_path(name, data),
                    progress=bars.show,
                    tell=out.note,
                )
            )
        rows = rows_of(runs)
        shown[name] = [row.document() for row in rows]
        if not as_json:
            out.line(f"[bold]{name}[/bold]")
            out.table(COLUMNS, [dict(zip(COLUMNS, row.cells(), strict=True)) for row in rows])
    if as_json:
        out.json({"suites": shown})


def write_results(
    path: Annotated[Path, typer.Option("--out", help="The page to write.")] = Path("docs/results.md"),
) -> None:
    """Write the page of results from the kept runs of `jianxi eval peers`."""
    from eval.peers.results import results_page
    from eval.runs import kept_runs

    path.write_text(results_page(kept_runs().all()), "utf-8")
    out_of(False).note(f"wrote {path}")
