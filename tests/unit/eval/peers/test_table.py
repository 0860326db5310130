"""The table and the page of results."""

from dataclasses import replace
from pathlib import Path

from eval.peers.comparison import measured
from eval.peers.corpus import Corpus
from eval.peers.plain_systems import Bm25
from eval.peers.results import results_page
from eval.peers.table import COLUMNS, QUALITIES, rows_of
from eval.retrieval.run import KIND
from eval.runs import EvalRun, EvalRuns, Item, Json


def _run(runs: EvalRuns, system: str, right: int, *, table: str = "t", suite: str = "musique100") -> EvalRun:
    """A run of 40 questions of which the first are right."""
    items = [
        Item(f"q{n}", dict.fromkeys(QUALITIES, float(n < right)) | {"retrieve_ms": 2.0}, {"language": "en"})
        for n in range(40)
    ]
    figures = dict.fromkeys(QUALITIES, right / 40) | dict.fromkeys(
        ("p50_ms", "p95_ms", "index_s", "index_llm_tokens", "llm_tokens", "embedding_s", "question_ms"), 2.0
    )
    machine: dict[str, Json] = {"processor": "P", "cores": 2, "python": "3", "load": 9.0, "busy": True}
    manifest: dict[str, Json] = {"table": table, "texts": 7, "parameters": {"k": 60}, "machine": machine}
    return runs.keep(KIND, suite, system, items, figures=figures, manifest=manifest)


def test_a_system_is_better_worse_or_a_tie_against_the_product(tmp_path: Path) -> None:
    runs = EvalRuns(tmp_path)
    kept = [_run(runs, name, right) for name, right in (("bm25", 10), ("dense", 29), ("best", 40), ("jianxi", 30))]
    assert [row.against() for row in rows_of(kept)] == ["worse", "tie", "better", ""]


def test_a_row_has_a_cell_for_every_column(tmp_path: Path) -> None:
    (row,) = rows_of([_run(EvalRuns(tmp_path), "dense", 30)])
    assert len(row.cells()) == len(COLUMNS)
    assert row.interval.low <= 0.75 <= row.interval.high


def test_every_row_of_the_page_names_its_run(tmp_path: Path) -> None:
    runs = EvalRuns(tmp_path)
    kept = [_run(runs, name, n) for name, n in (("bm25", 10), ("jianxi", 30), ("jianxi-without-walk", 20))]
    page = results_page(runs.all())
    assert all(f"`{run.id}`" in page for run in kept)
    assert "-0.250" in page.partition("### Ablation")[2]
    assert "upper bounds" in page
    assert "- bm25: k 60" in page


def test_the_page_shows_the_newest_table_that_compares_the_product(tmp_path: Path) -> None:
    runs = EvalRuns(tmp_path)
    old = [_run(runs, name, 30, table="old") for name in ("dense", "jianxi")]
    new = [_run(runs, name, 31, table="new") for name in ("dense", "jianxi")]
    alone = [_run(runs, name, 20, table="alone") for name in ("jianxi", "jianxi-without-walk")]
    dated = [replace(run, created=f"2026-01-0{day}") for day, own in enumerate((old, new, alone), 1) for run in own]
    page = results_page(dated[::-1])
    assert all(run.id in page for run in new)
    assert not any(run.id in page for run in [*old, *alone])


async def test_a_measured_run_tells_all_that_the_table_needs(corpus: Corpus, tmp_path: Path) -> None:
    costs = {"embedding_s": 3.0, "question_ms": 4.0}
    run = await measured(Bm25(corpus), corpus, EvalRuns(tmp_path), table="t", costs=costs)
    assert run.figures["recall@5"] == 1.0
    assert run.items[0].metrics["retrieve_ms"] > 0.0
    assert run.manifest["parameters"] == {"package": "bm25s", "variant": "lucene", "k1": 1.2, "b": 0.75}
    assert rows_of([run])[0].document()["embedding_s"] == 3.0
