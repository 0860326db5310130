"""``jianxi eval scale``: the cost of building and asking corpora of growing size."""

import shutil
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from eval.runs import EvalRun
    from eval.scale.domain import Cost
    from eval.scale.genes import GeneFigures

_GROWING = (
    "build_s", "build_cpu_s", "dense_build_s", "lexical_build_s", "walk_build_s", "build_peak_mib", "serving_mib",
    "dense_p99_ms", "lexical_p99_ms", "walk_p95_ms", "whole_p95_ms",
)  # fmt: skip


def measure_scale(
    passages: Annotated[int, typer.Option(help="The largest corpus.", min=1000)] = 1_000_000,
    sizes: Annotated[str, typer.Option(help="All sizes, with commas.")] = "",
    keep: Annotated[bool, typer.Option("--keep", help="Leave the corpora on the disk.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Build corpora like the real ones at several sizes and measure time, memory, recall and latency of each part.

    Latencies are CPU time of the answering thread; whole is the ranking from all sources, without the embedding of the
    question and the store's reading of the passages, which do not grow.
    """
    from app.cli.output import out_of
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
    run = _kept(settings.home_path, costs, genes, embedder.identity, len(questions))
    if as_json:
        out.json({"run": run.id, "figures": run.figures, "sizes": [c.figures() for c in costs]})
        return
    rows = [c.figures() for c in costs]
    growth = {name: value for name, value in run.figures.items() if name.startswith("growth_")}
    names = list(rows[0])
    table = [
        {"figure": n, **{str(int(r["passages"])): r[n] for r in rows}, "grows": growth.get(f"growth_{n}", "")}
        for n in names
    ]
    out.table(("figure", *(str(c) for c in counts), "grows"), table)
    out.line(f"walk on {genes.edges} edges: p50 {genes.walk.p50_ms} ms, p95 {genes.walk.p95_ms} ms; run {run.id}")


def _default_sizes(most: int) -> list[int]:
    return [*(s for s in (10_000, 100_000, 1_000_000) if s < most), most]


def _kept(home: Path, costs: "list[Cost]", genes: "GeneFigures", embedder: str, questions: int) -> "EvalRun":
    from eval.runs import EvalRuns, Item, Json
    from eval.scale.domain import exponent

    items = [Item(str(c.passages), c.figures()) for c in costs]
    figures = {f"{name}@{i.id}": value for i in items for name, value in i.metrics.items()}
    sizes = [float(c.passages) for c in costs]
    for name in _GROWING:
        grows = exponent(sizes, [i.metrics[name] for i in items])
        if grows is not None:
            figures[f"growth_{name}"] = round(grows, 3)
    walk = asdict(genes.walk)
    figures |= {"genes_edges": float(genes.edges), "genes_build_s": genes.build_s}
    figures |= {f"genes_walk_{name}": value for name, value in walk.items()}
    manifest: dict[str, Json] = {"embedder": embedder, "questions": questions, "sizes": [c.passages for c in costs]}
    return EvalRuns(home / "eval" / "runs").keep("scale", "scale", "jianxi", items, figures=figures, manifest=manifest)


def _tell(stage: str, done: int, total: int) -> None:
    share = f"{100 * done // total:3d}%" if total else ""
    print(f"\r{stage:8} {done}/{total} {share}   ", end="" if done < total else "\n", file=sys.stderr, flush=True)
