"""``jianxi eval peers``: the product beside other systems, in one run."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.settings import Settings
    from eval.runs import EvalRun

_SUITES = ("musique100", "hotpot100", "scifact", "rgb")


def compare_peers(
    suite: Annotated[list[str] | None, typer.Option(help="A suite's name, or a folder in BEIR's layout; all.")] = None,
    system: Annotated[list[str] | None, typer.Option(help="A family of systems; all.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure the product beside BM25, dense search, rank fusion, HippoRAG 2 and LinearRAG, and keep the runs."""
    from app.cli.output import fail, out_of
    from app.settings import Settings
    from eval.peers.lineup import FAMILIES
    from eval.peers.table import COLUMNS, rows_of

    out = out_of(as_json)
    settings = Settings()
    if settings.shared_data is None:
        fail("set JIANXI_SHARED_DATA to the folder of evaluation data (eval/README.md)")
    if unknown := set(system or ()) - set(FAMILIES):
        fail(f"no system {', '.join(sorted(unknown))}; choose of {', '.join(FAMILIES)}")
    shown: dict[str, object] = {}
    for name in suite or _SUITES:
        runs = asyncio.run(_measured(name, settings, system or FAMILIES, out.note))
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
    """Write the page of results from the kept runs of ``jianxi eval peers``."""
    from app.cli.output import out_of
    from app.settings import Settings
    from eval.peers.results import results_page
    from eval.runs import EvalRuns

    path.write_text(results_page(EvalRuns(Settings().home_path / "eval" / "runs").all()), "utf-8")
    out_of(False).note(f"wrote {path}")


async def _measured(
    name: str, settings: "Settings", families: Sequence[str], tell: Callable[[str], None]
) -> "list[EvalRun]":
    from app.choices import embedder_of
    from eval.peers.hipporag_environment import environment_folder, python_of
    from eval.peers.jianxi import Product
    from eval.peers.lineup import Given, lineup
    from eval.peers.machine import machine
    from eval.peers.measuring import Costs, measured, question_ms
    from eval.peers.preparing import corpus_of, embedding_s, product_index_s
    from eval.peers.string_vectors import StringVectors
    from eval.peers.triples import triples_path
    from eval.retrieval.homes import open_home
    from eval.retrieval.suites import suite_named
    from eval.runs import EvalRuns

    data = settings.shared_data
    assert data is not None  # noqa: S101  (checked by the command)
    suite = suite_named(name, data)
    folder, embedder = settings.home_path / "eval", embedder_of(settings)
    strings = StringVectors(folder / "peers" / "vectors" / suite.name, embedder)
    tell(f"{suite.name}: {len(suite.texts)} texts, {len(suite.questions)} questions")
    async with open_home(folder / suite.name, suite, embedder) as opened:
        corpus = await asyncio.to_thread(corpus_of, suite, folder / suite.name, embedder, strings)
        costs = Costs(embedding_s(corpus.documents, embedder), question_ms(corpus.suite.questions, embedder))
        status = await opened.indexes.status()
        python = python_of(environment_folder(settings.home_path))
        given = Given(
            corpus=corpus,
            vectors=strings,
            product=Product(
                opened.retriever,
                await product_index_s(folder / suite.name, embedder),
                passages_a_text=2 if status.passages > status.documents else 1,
            ),
            triples=triples_path(suite.name, data),
            hipporag=python if python.is_file() else None,
        )
        table, kept = secrets.token_hex(4), EvalRuns(folder / "runs")
        runs = []
        for peer in lineup(given, families):
            run = await measured(peer, corpus, kept, table=table, costs=costs, machine=machine())
            tell(
                f"  {run.system}: recall@5 {run.figures['recall@5']:.3f}, p50 {run.figures['p50_ms']:.1f} ms, {run.id}"
            )
            runs.append(run)
    return runs
