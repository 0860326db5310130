"""A comparison keeps one run a strategy and goes on where it was cut."""

from pathlib import Path

import pytest

from eval.errors import BrokenData
from eval.prompts.domain import Problem
from eval.prompts.gsm8k import Gsm8k
from eval.prompts.intervals import wilson
from eval.prompts.running import Conditions, chosen, run_strategy
from eval.prompts.strategies.few_shot import FewShot
from eval.prompts.strategies.zero_shot import ZeroShot
from eval.runs import EvalRuns
from models.errors import ModelUnavailable
from models.scripted import ScriptedChat
from tests.unit.eval.prompts.problems import CountingChat, gsm8k


def conditions(chat: ScriptedChat, *, seed: int = 0) -> Conditions:
    return Conditions(chat, "scripted", 100, seed, {"file": "test.jsonl"})


async def test_a_kept_run_holds_accuracy_by_both_readings_and_what_it_cost(tmp_path: Path) -> None:
    task = gsm8k(tmp_path, 4)
    chat = CountingChat(replies=["#### 18", "I think 18", "#### 17", "none"])
    run = await run_strategy(ZeroShot(task), task, task.problems(), conditions(chat), folder=tmp_path)
    assert run.kind == "prompts"
    assert (run.figures["strict"], run.figures["flexible"]) == (0.25, 0.5)
    assert run.figures["strict_low"] < 0.25 < run.figures["strict_high"]
    assert (run.figures["tokens"], run.figures["calls"], run.figures["estimated"]) == (110, 1, 0)
    assert run.manifest["wording"] == ["gsm8k-en-1"]
    assert [i.detail["answer"] for i in run.items] == ["18", "", "17", ""]
    assert EvalRuns(tmp_path / "runs").get(run.id) == run


async def test_a_run_that_was_cut_asks_only_what_is_missing(tmp_path: Path) -> None:
    task = gsm8k(tmp_path, 4)
    problems = task.problems()
    cut = ScriptedChat(replies=["#### 18", "#### 17", ModelUnavailable("killed")])
    with pytest.raises(ModelUnavailable):
        await run_strategy(ZeroShot(task), task, problems, conditions(cut), folder=tmp_path)
    assert EvalRuns(tmp_path / "runs").all() == []
    journal = next((tmp_path / "prompts").glob("*.jsonl"))
    journal.write_text(journal.read_text("utf-8") + '{"id": "half wri', "utf-8")
    again = ScriptedChat(replies=["#### 18"])
    run = await run_strategy(ZeroShot(task), task, problems, conditions(again), folder=tmp_path)
    assert len(again.prompts) == 2
    assert [i.metrics["strict"] for i in run.items] == [1, 0, 1, 1]
    assert [i.id for i in run.items] == [p.id for p in problems]
    assert not journal.exists()


@pytest.mark.parametrize("other", ["seed", "strategy"])
async def test_items_of_another_configuration_are_not_taken_over(other: str, tmp_path: Path) -> None:
    task = gsm8k(tmp_path, 2)
    cut = ScriptedChat(replies=["#### 18", ModelUnavailable("killed")])
    with pytest.raises(ModelUnavailable):
        await run_strategy(ZeroShot(task), task, task.problems(), conditions(cut), folder=tmp_path)
    chat = ScriptedChat(replies=["#### 17"])
    strategy = FewShot(task) if other == "strategy" else ZeroShot(task)
    seed = 1 if other == "seed" else 0
    await run_strategy(strategy, task, task.problems(), conditions(chat, seed=seed), folder=tmp_path)
    assert len(chat.prompts) == 2


def test_a_larger_draw_of_the_same_seed_holds_the_smaller_one() -> None:
    problems = [Problem(str(n), "?", "en", ("1",)) for n in range(50)]
    few, more = chosen(problems, limit=5, seed=3), chosen(problems, limit=20, seed=3)
    assert more[:5] == few
    assert chosen(problems, limit=5, seed=4) != few
    assert chosen(problems, limit=None, seed=3) == problems


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    file = tmp_path / "test.jsonl"
    file.write_text('{"question": "?", "answer": "#### 1"}\n{"question": "?", "answer": "one"}\n', "utf-8")
    with pytest.raises(BrokenData, match=r"line 2.*####"):
        Gsm8k(file).problems()


def test_the_interval_of_a_few_is_wide_even_where_all_or_none_are_right() -> None:
    assert wilson(0.0, 10) == pytest.approx((0, 0.278), abs=1e-3)
    assert wilson(1.0, 10) == pytest.approx((0.722, 1), abs=1e-3)
    assert wilson(0.5, 1000) == pytest.approx((0.469, 0.531), abs=1e-3)
    with pytest.raises(ValueError, match="at least one"):
        wilson(0.5, 0)
