"""``jianxi eval scale``: the cost of building and asking corpora of growing size."""

import shutil
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import AsJson, out_of

if TYPE_CHECKING:
    from eval.runs import EvalRun

_GROWING = (
    "build_s", "build_cpu_s", "dense_build_s", "lexical_build_s", "walk_build_s", "build_peak_mib", "serving_mib",
    "dense_p99_ms", "lexical_p99_ms", "walk_p95_ms", "whole_p95_ms",
)  # fmt: skip


def measure_scale(
    passages: Annotated[int, typer.Option(help="The largest corpus.", min=1000)] = 1_000_000,
    sizes: Annotated[str, typer.Option(help="All sizes, with commas.")] = "",
    keep: Annotated[bool, typer.Option("--keep", help="Leave the corpora on the disk.")] = False,
    as_json: AsJson = False,
) -> None:
    """Build corpora like the real ones at several sizes and measure time, memory, recall and latency of each part.

    Latencies are CPU time of the answering thread; whole is the ranking from all sources, without the embedding of the
    question and the store's reading of the passages, which do not grow.
    """
    from app.providers import embedder_of
    from app.settings import Settings
    from eval.data_folder import data_folder
    from eval.scale.genes import measure_genes
    from eval.scale.measure import measure
    from eval.scale.sources import read_questions, read_sources

    out = out_of(as_json)
    settings = Settings()
    data = data_folder()
    counts = sorted({int(s) for s in sizes.split(",")}) if sizes else _default_sizes(passages)
    home = settings.home_path / "eval" / "scale"
    embedder = embedder_of(settings)
    sources = read_sources(data, home / "vectors.sqlite", embedder, lambda n, of: _tell("embed", n, of))
    questions = read_questions(data, embedder)
    costs = []
    for count in counts:
        folder = home / str(count)
        costs.append(measure(folder, sources, questions, count, embedder.identity, _tell))
        if not keep:
            shutil.rmtree(folder)
    genes = measure_genes(data / "kg/gene_go_pubmed")
    run = _kept(costs, genes, embedder.identity, len(questions))
    if as_json:
        out.json({"run": run.id, "figures": run.figures, "sizes": costs})
        return
    rows = []
    for name in costs[0]:
        by_size = {str(int(cost["passages"])): cost[name] for cost in costs}
        rows.append({"figure": name, **by_size, "grows": run.figures.get(f"growth_{name}")})
    out.table(("figure", *map(str, counts), "grows"), rows)
    edges, p50, p95 = (genes[name] for name in ("genes_edges", "genes_walk_p50_ms", "genes_walk_p95_ms"))
    out.line(f"walk on {edges:.0f} edges: p50 {p50} ms, p95 {p95} ms; run {run.id}")


def _default_sizes(most: int) -> list[int]:
    return [*(s for s in (10_000, 100_000, 1_000_000) if s < most), most]


def _kept(costs: "list[dict[str, float]]", genes: "dict[str, float]", embedder: str, questions: int) -> "EvalRun":
    from eval.runs import Item, Json, kept_runs

    sizes = [cost["passages"] for cost in costs]
    items = [Item(str(int(size)), cost) for size, cost in zip(sizes, costs, strict=True)]
    figures = {f"{name}@{i.id}": value for i in items for name, value in i.metrics.items()}
    for name in _GROWING:
        if (grows := exponent(sizes, [cost[name] for cost in costs])) is not None:
            figures[f"growth_{name}"] = round(grows, 3)
    manifest: dict[str, Json] = {"embedder": embedder, "questions": questions, "sizes": [int(s) for s in sizes]}
    return kept_runs().keep("scale", "scale", "jianxi", items, figures={**figures, **genes}, manifest=manifest)


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float | None:
    """The power of the size with which a cost grows: the slope of a straight line through the logarithms.

    None where there are fewer than two sizes or a cost is nothing.
    """
    import numpy as np
    from scipy.stats import linregress

    if len(set(sizes)) < 2 or min(costs) <= 0.0:
        return None
    return float(linregress(np.log(sizes), np.log(costs)).slope)


def _tell(stage: str, done: int, total: int) -> None:
    share = f"{100 * done // total:3d}%" if total else ""
    print(f"\r{stage:8} {done}/{total} {share}   ", end="" if done < total else "\n", file=sys.stderr, flush=True)
