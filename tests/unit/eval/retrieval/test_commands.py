"""``jianxi eval retrieval`` on a small set."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import app.providers
from app.settings import Settings
from eval.cli import eval_commands
from eval.runs import EvalRuns
from models.scripted import HashingEmbedder


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(app.providers, "embedder_of", lambda settings: HashingEmbedder())
    made = tmp_path / "data"
    made.mkdir()
    (made / "corpus.jsonl").write_text('{"_id": "a", "text": "ginseng is a herb"}\n{"_id": "b", "text": "a stone"}\n')
    (made / "queries.jsonl").write_text('{"_id": "q", "text": "is ginseng a herb?"}\n')
    (made / "qrels.tsv").write_text("q\ta\t1\n")
    return made


def test_it_prints_figures_and_keeps_the_run(folder: Path) -> None:
    done = CliRunner().invoke(eval_commands, ["retrieval", "--suite", "beir", "--data", str(folder), "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["suite"], told["n"], told["recall@5"], told["ndcg@10"], told["llm_tokens"]) == ("beir", 1, 1.0, 1.0, 0)
    assert {"all@5", "recall@2", "recall@10", "mrr@10", "p50_ms", "p95_ms"} <= set(told)
    assert {"embed", "dense", "lexical", "walk", "retrieve"} <= set(told["stages"])
    kept = EvalRuns(Settings().home_path / "eval" / "runs").get(told["run"])
    assert kept.items[0].detail["question"] == "is ginseng a herb?"
    assert kept.manifest["texts"] == 2


def test_for_people_it_prints_tables(folder: Path) -> None:
    command = ["retrieval", "--suite", "beir", "--data", str(folder), "--mode", "lexical", "-k", "10"]
    done = CliRunner().invoke(eval_commands, command)
    assert done.exit_code == 0, done.output
    assert "jianxi-lexical" in done.stdout
    assert "recall@10" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--suite", "beir"], "needs --data"),
        (["--suite", "rgb", "--mode", "magic"], "unknown mode"),
        (["--suite", "rgb", "-k", "3"], "-k is 2, 5 or 10"),
    ],
)
def test_wrong_options_are_refused_with_the_cure(arguments: list[str], told: str) -> None:
    done = CliRunner().invoke(eval_commands, ["retrieval", *arguments])
    assert done.exit_code == 1
    assert told in done.output
