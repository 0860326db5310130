"""``jianxi eval answers`` prints one document, and says what is wrong."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.cli import eval_commands
from models.scripted import HashingEmbedder

ROW = {
    "id": 1, "query": "How many seats has the council of Linden?", "answer": ["70"],
    "positive": ["The council of Linden has 70 seats."], "negative": ["The river Alm flows through the hills."],
}  # fmt: skip


@pytest.fixture
def rgb(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("JIANXI_CHAT", "extractive")
    monkeypatch.setattr("eval.answers.measure.embedder_of", lambda _: HashingEmbedder())
    for name in ("zh_refine", "zh_int", "zh_fact", "en_fact"):
        (tmp_path / f"{name}.json").write_text(json.dumps(ROW) if name == "zh_refine" else "", "utf-8")
    return tmp_path


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(eval_commands, ["answers", *arguments])
    return done.exit_code, done.stdout, f"{done.stderr}{done.exception}"


def test_one_document_with_the_headline_figures(rgb: Path) -> None:
    code, out, _ = run("--suite", "rgb", "--data", str(rgb), "--json")
    assert code == 0
    told = json.loads(out)
    assert (told["suite"], told["n"], told["answerable"], told["right noise"]) == ("rgb", 2, 1, 1.0)
    assert {"run", "chat", "right_refusals", "uncited_sentences", "seconds_p95", "tokens", "failures"} <= told.keys()
    runs = CliRunner().invoke(eval_commands, ["runs", "--json"])
    assert [r["id"] for r in json.loads(runs.stdout)["runs"]] == [told["run"]]


def test_what_cannot_be_read_or_found_is_told(rgb: Path) -> None:
    code, _, told = run("--suite", "rgb", "--data", str(rgb), "--kinds", "poetry")
    assert (code, "no question of rgb" in told) == (1, True)
    code, _, told = run("--suite", "mirage", "--data", str(rgb / "absent.json"))
    assert (code, "--data FILE" in told) == (1, True)
    code, _, told = run("--suite", "rgb", "--data", str(rgb), "--resume", "nothing")
    assert (code, "no unfinished run" in told) == (1, True)


def test_wrong_options_are_refused_before_anything_is_asked(rgb: Path) -> None:
    for wrong in (["--suite", "poetry"], ["--suite", "rgb", "--policy", "shout"], ["--suite", "rgb", "--judge", "me"]):
        code, _, _ = run(*wrong, "--data", str(rgb))
        assert code == 2
