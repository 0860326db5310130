"""``jianxi eval retrieval``: how well the product finds what answers."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.cli.output import AsJson, fail, out_of

if TYPE_CHECKING:
    from eval.retrieval.domain import Suite
    from eval.runs import EvalRun


def retrieval(
    suite: Annotated[str, typer.Option(help="ecs, musique100, hotpot100, scifact, rgb, or beir with --data.")],
    data: Annotated[
        Path | None,
        typer.Option(help="Folder with corpus.jsonl, queries.jsonl, qrels.tsv; or of the evaluation data."),
    ] = None,
    mode: Annotated[str, typer.Option(help="`hybrid`, `dense`, `lexical` or `graph`.")] = "hybrid",
    k: Annotated[int, typer.Option("-k", help="Show the figures at this cut, 2, 5 or 10.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Ask a suite's questions through the product's own ingestion and retrieval, and keep the run."""
    from app.providers import embedder_of
    from app.settings import Settings
    from eval.data_folder import data_folder
    from eval.retrieval.run import run_product
    from eval.retrieval.suites import suite_named
    from eval.runs import kept_runs
    from retrieval.domain import Mode

    out = out_of(as_json)
    settings = Settings()
    if mode not in {m.value for m in Mode}:
        fail(f"unknown mode {mode!r}; choose hybrid, dense, lexical or graph")
    if k not in (2, 5, 10):
        fail("-k is 2, 5 or 10")
    if suite == "beir" and data is None:
        fail("--suite beir needs --data: a folder with corpus.jsonl, queries.jsonl and qrels.tsv")
    read = suite_named(suite, data_folder(data))
    with out.progress() as bars:
        run = asyncio.run(
            run_product(
                read,
                folder=home_of(settings.home_path, read, data),
                runs=kept_runs(),
                embedder=embedder_of(settings),
                mode=Mode(mode),
                progress=bars.show,
            )
        )
    if as_json:
        out.json(document_of(run))
    else:
        _tell(run, k)


def home_of(home: Path, suite: "Suite", data: Path | None) -> Path:
    """Where the suite's home lies; sets of the same name in other folders have other homes."""
    from hashlib import sha256

    place = "" if data is None else f"-{sha256(str(data.resolve()).encode()).hexdigest()[:8]}"
    return home / "eval" / "homes" / f"{suite.name}{place}"


def document_of(run: "EvalRun") -> dict[str, Any]:
    """A run as ``--json`` prints it."""
    from eval.development_sets import is_development_set
    from eval.retrieval.figures import groups_of, headline_of, stages_of

    headline = headline_of(run.suite, run.items)
    return {
        "suite": run.suite,
        "development_set": is_development_set(run.suite),
        "system": run.system,
        "n": len(run.items),
        **run.figures,
        **({"headline": headline} if headline else {}),
        "by": groups_of(run.items),
        "stages": stages_of(run.items),
        "index": {k: run.manifest[k] for k in ("texts", "passages", "embedder", "index_s", "index_llm_tokens")},
        "run": run.id,
    }


def _tell(run: "EvalRun", k: int) -> None:
    from eval.development_sets import titled

    out, shown = out_of(False), document_of(run)
    out.line(
        f"[bold]{titled(run.suite)}[/] with {run.system}: {len(run.items)} questions, {shown['index']['texts']} texts"
    )
    figures = [f"recall@{k}", f"all@{k}", "ndcg@10", "mrr@10", "p50_ms", "p95_ms", "llm_tokens"]
    out.table(("figure", "value"), [{"figure": name, "value": run.figures[name]} for name in figures])
    for name, value in shown.get("headline", {}).items():
        out.line(f"{name}: {value}")
    for group, rows in shown["by"].items():
        columns = list(next(iter(rows.values())))
        out.table((group, *columns), [{group: value, **means} for value, means in rows.items()])
    out.table(("stage", "p50_ms", "p95_ms"), [{"stage": s, **times} for s, times in shown["stages"].items()])
    out.line(f"run {run.id}")
