"""The sentence-transformers path with real weights: embedder, reranker, and the refusal of another's index."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import ROWS

pytestmark = pytest.mark.integration
_PROGRAM = "import sys; sys.path.append({site!r}); from app.cli.main import main; main()"
_UNTRAINED = """
import sys
sys.path.append({site!r})
import torch
from sentence_transformers import CrossEncoder
torch.manual_seed(7)
CrossEncoder({model!r}, num_labels=1).save_pretrained({folder!r})
"""


class Program:
    """The command line with the library behind it, on one home."""

    def __init__(self, site: str, home: Path) -> None:
        self._site, self._home = site, home

    def run(self, *words: str, **settings: str) -> "subprocess.CompletedProcess[str]":
        given = {"home": str(self._home), "chat": "extractive", **settings}
        variables = {f"JIANXI_{name.upper()}": value for name, value in given.items()}
        command = [sys.executable, "-c", _PROGRAM.format(site=self._site), *words]
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=1800,
            env={**os.environ, **variables, "HF_HUB_OFFLINE": "1"},
            check=False,
        )


@pytest.fixture
def installed() -> tuple[str, str]:
    site, model = (os.environ.get(f"SENTENCE_TRANSFORMERS_TEST_{what}", "") for what in ("SITE", "MODEL"))
    if not site or not model:
        pytest.skip("SENTENCE_TRANSFORMERS_TEST_SITE and _MODEL are not set (see CONTRIBUTING.md)")
    return site, model


def test_real_weights_embed_rerank_and_refuse_the_index_of_another_embedder(
    installed: tuple[str, str], tmp_path: Path
) -> None:
    site, model = installed
    program, embedder = Program(site, tmp_path / "home"), f"st:{model}"
    papers = tmp_path / "papers.jsonl"
    papers.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS))
    ingested = program.run("ingest", str(papers), "--json", embedder=embedder)
    assert ingested.returncode == 0, ingested.stderr
    status = json.loads(program.run("index", "status", "--json", embedder=embedder).stdout)
    assert status["embedder"] == f"st|{model}"
    assert status["dimension"] == 384

    asked = ("search", "How slowly is amyloid removed without the water channel?", "--mode", "dense", "--json")
    plain = json.loads(program.run(*asked, embedder=embedder).stdout)["results"]
    assert plain[0]["source_id"] == "PM-1"

    folder = tmp_path / "cross-encoder"
    made = _UNTRAINED.format(site=site, model=model, folder=str(folder))
    subprocess.run([sys.executable, "-c", made], check=True, capture_output=True, env={**os.environ})
    reranked = [program.run(*asked, embedder=embedder, reranker=f"st:{folder}") for _ in range(2)]
    scores = [[(r["source_id"], r["score"]) for r in json.loads(ran.stdout)["results"]] for ran in reranked]
    assert scores[0] == scores[1]
    assert {id_ for id_, _ in scores[0]} == {r["source_id"] for r in plain}
    assert dict(scores[0]) != {r["source_id"]: r["score"] for r in plain}

    refused = program.run(*asked)
    assert refused.returncode == 1
    assert "jianxi index rebuild" in refused.stderr
    assert f"st|{model}" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1, refused.stderr


def test_a_model_that_is_not_there_is_told_in_a_line(installed: tuple[str, str], tmp_path: Path) -> None:
    papers = tmp_path / "papers.jsonl"
    papers.write_text(json.dumps(ROWS[0]))
    ran = Program(installed[0], tmp_path / "home").run("ingest", str(papers), embedder=f"st:{tmp_path / 'nothing'}")
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert "cannot be loaded" in ran.stderr
    assert "HF_ENDPOINT" in ran.stderr
