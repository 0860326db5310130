"""``jianxi eval judge`` asks both orders of every pair and keeps what was judged."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.cli import eval_commands
from eval.runs import EvalRuns
from tests.unit.eval.answers.test_score import QUESTION, RIGHT, item
from tests.unit.models.protocol_server import Handler, serving


def _always_first(handler: Handler) -> None:
    if handler.path == "/v1/models":
        handler.say(200, {"data": [{"id": "small"}]})
        return
    message = {"role": "assistant", "content": '{"reason": "it stands first", "better": "A"}'}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    handler.say(200, {"model": "small", "choices": [choice], "usage": {"prompt_tokens": 50, "completion_tokens": 5}})


def test_a_judge_that_likes_what_stands_first_is_found_out_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JIANXI_HOME", str(tmp_path))
    runs = EvalRuns(tmp_path / "eval" / "runs")
    a, b = (
        runs.keep("answers", "ecs", system, [item(QUESTION, RIGHT)], figures={}, manifest={}) for system in ("a", "b")
    )
    with serving(_always_first) as server:
        done = CliRunner().invoke(eval_commands, ["judge", a.id, b.id, "--judge", f"openai+{server.url}/v1", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["n"], told["ties"], told["agreement between orders"], told["shown first preferred"]) == (1, 1, 0, 1)
    assert (told["calls"], told["tokens"], told["tokens_estimated"]) == (2, 110, False)
    kept = runs.get(told["run"])
    assert (kept.kind, kept.suite, kept.manifest["first"]) == ("judge", "ecs", a.id)
    assert kept.items[0].detail["reasons"] == ["it stands first"] * 2
