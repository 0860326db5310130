"""A whole comparison on a tiny suite, with the product in it."""

import json
from pathlib import Path

from eval.peers.comparison import compared
from eval.peers.table import rows_of
from eval.retrieval.domain import Suite
from eval.retrieval.product import LEFT_OUT
from eval.runs import EvalRuns
from models.scripted import HashingEmbedder
from tests.unit.eval.peers.conftest import QUESTION, TEXTS


async def test_every_system_ranks_the_same_texts_and_keeps_a_run(tmp_path: Path) -> None:
    suite = Suite("tiny", TEXTS, (QUESTION,))
    triples = tmp_path / "openie.json"
    rows = [
        {"passage": f"{t.title}\n{t.text}", "extracted_triples": [[t.title, "is told of", "the world"]]} for t in TEXTS
    ]
    triples.write_text(json.dumps({"docs": rows}), "utf-8")
    families = ("ablation", "bm25", "dense", "hipporag", "jianxi", "modes", "rrf", "title-rule")
    runs = await compared(
        suite,
        families,
        home=tmp_path / "home",
        folder=tmp_path,
        runs=EvalRuns(tmp_path),
        embedder=HashingEmbedder(),
        triples=triples,
    )
    assert [run.system for run in runs] == [
        "bm25", "dense", "rrf", "title-rule", "jianxi", "jianxi-dense", "jianxi-lexical",
        "jianxi-graph", *(f"jianxi-without-{part}" for part in LEFT_OUT),
    ]  # fmt: skip
    assert {run.figures["recall@5"] for run in runs} == {1.0}
    assert len({run.manifest["table"] for run in runs}) == 1
    assert all(row.against() == "tie" for row in rows_of(runs) if row.run.system != "jianxi")
    assert all(run.figures["index_s"] > 0.0 for run in runs if run.system.startswith("jianxi"))
