"""``jianxi eval prompts`` from its options to the kept runs, against a server that speaks OpenAI's protocol."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.errors import InvalidSetting
from eval.cli import eval_commands
from eval.runs import EvalRuns
from tests.unit.eval.prompts.problems import gsm8k
from tests.unit.models.protocol_server import Handler, serving


def _answers(handler: Handler) -> None:
    if handler.path == "/v1/models":
        handler.say(200, {"data": [{"id": "small"}]})
        return
    message = {"role": "assistant", "content": "3 * 6 = 18\n#### 18"}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    handler.say(200, {"model": "small", "choices": [choice], "usage": {"prompt_tokens": 50, "completion_tokens": 5}})


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    gsm8k(tmp_path, 3)
    monkeypatch.setenv("JIANXI_SHARED_DATA", str(tmp_path))
    monkeypatch.setenv("JIANXI_HOME", str(tmp_path / "home"))
    return ["prompts", "--task", "gsm8k", "--file", str(tmp_path / "test.jsonl")]


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(eval_commands, [*arguments])


def test_the_strategies_stand_side_by_side_and_each_run_is_kept(
    given: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(_answers) as server:
        monkeypatch.setenv("JIANXI_CHAT", f"openai+{server.url}/v1")
        done = _run(*given, "--strategy", "zero-shot,self-consistency", "--samples", "2", "--limit", "2", "--json")
        asked = [body for path, _, body in server.asked if path.endswith("completions")]
    assert done.exit_code == 0, done.output
    shown = json.loads(done.stdout)
    assert (shown["task"], shown["n"], shown["seed"]) == ("gsm8k", 2, 0)
    assert [(s["strategy"], s["strict"], s["tokens"], s["calls"]) for s in shown["strategies"]] == [
        ("zero-shot", 1, 55, 1),
        ("self-consistency", 1, 110, 2),
    ]
    assert len(asked) == 2 + 4
    kept = EvalRuns(tmp_path / "home" / "eval" / "runs").all()
    assert {r.id for r in kept} == {s["run"] for s in shown["strategies"]}


def test_an_extractive_model_cannot_follow_prompts(given: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIANXI_CHAT", "extractive")
    assert isinstance(_run(*given).exception, InvalidSetting)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--strategy", "zeroshot"], "zero-shot"),
        (["--task", "mmlu"], "gsm8k, ecs"),
        (["--file", "nowhere.jsonl"], "nowhere.jsonl is not there"),
    ],
)
def test_wrong_options_are_refused_with_the_choices(given: list[str], options: list[str], told: str) -> None:
    done = _run(*given, *options)
    assert done.exit_code != 0
    assert told in " ".join(done.output.replace("│", " ").split())
