"""A comparison keeps one run a strategy and goes on where it was cut."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatResult
from pydantic import Field

from eval.errors import BrokenData
from eval.prompts.domain import Problem
from eval.prompts.gsm8k import Gsm8k
from eval.prompts.run import Conditions, chosen, run_strategy
from eval.prompts.strategies import Effort
from eval.runs import EvalRuns
from models.errors import ModelUnavailable
from models.scripted import ScriptedChat
from tests.unit.eval.prompts.problems import CountingChat, gsm8k


def conditions(chat: ScriptedChat, *, seed: int = 0, at_once: int = 1) -> Conditions:
    return Conditions(chat, "scripted", 100, seed, {"file": "test.jsonl"}, Effort(), at_once)


class Together(ScriptedChat):
    """Answers none before so many wait for an answer; ``waiting`` are those that do."""

    expected: int
    waiting: int = 0
    enough: asyncio.Event = Field(default_factory=asyncio.Event)

    async def _agenerate(
        self, messages: list[BaseMessage], stop: list[str] | None = None, run_manager: Any = None, **kwargs: Any
    ) -> ChatResult:
        self.waiting += 1
        if self.waiting >= self.expected:
            self.enough.set()
        await self.enough.wait()
        return await super()._agenerate(messages, stop, run_manager, **kwargs)


async def test_a_kept_run_holds_accuracy_by_both_readings_and_what_it_cost(tmp_path: Path) -> None:
    task = gsm8k(tmp_path, 4)
    chat = CountingChat(replies=["#### 18", "I think 18", "#### 17", "none"])
    run = await run_strategy("zero-shot", task, task.problems(), conditions(chat), runs=EvalRuns(tmp_path))
    assert run.kind == "prompts"
    assert (run.figures["strict"], run.figures["flexible"]) == (0.25, 0.5)
    assert run.figures["strict_low"] < 0.25 < run.figures["strict_high"]
    assert (run.figures["tokens"], run.figures["calls"], run.figures["estimated"]) == (110, 1, 0)
    assert run.manifest["wording"] == ["gsm8k-en-1"]
    assert [i.detail["answer"] for i in run.items] == ["18", "", "17", ""]
    assert EvalRuns(tmp_path).get(run.id) == run


async def test_a_run_that_was_cut_asks_only_what_is_missing(tmp_path: Path) -> None:
    task = gsm8k(tmp_path, 4)
    problems = task.problems()
    cut = ScriptedChat(replies=["#### 18", "#### 17", ModelUnavailable("killed")])
    with pytest.raises(ModelUnavailable):
        await run_strategy("zero-shot", task, problems, conditions(cut), runs=EvalRuns(tmp_path))
    assert EvalRuns(tmp_path).all() == []
    items = next(tmp_path.glob("*/items.jsonl"))
    items.write_text(items.read_text("utf-8") + '{"id": "half wri', "utf-8")
    again = ScriptedChat(replies=["#### 18"])
    run = await run_strategy("zero-shot", task, problems, conditions(again), runs=EvalRuns(tmp_path))
    assert len(again.prompts) == 2
    assert [i.metrics["strict"] for i in run.items] == [1, 0, 1, 1]
    assert [i.id for i in run.items] == [p.id for p in problems]
    assert len(EvalRuns(tmp_path).all()) == 1


async def test_a_shorter_draw_takes_from_a_cut_run_what_it_asks_for_and_no_more(tmp_path: Path) -> None:
    task = gsm8k(tmp_path, 4)
    problems = task.problems()
    cut = ScriptedChat(replies=["#### 18", "#### 17", ModelUnavailable("killed")])
    with pytest.raises(ModelUnavailable):
        await run_strategy("zero-shot", task, problems, conditions(cut), runs=EvalRuns(tmp_path))
    again = ScriptedChat(replies=["#### 18"])
    run = await run_strategy("zero-shot", task, problems[:1], conditions(again), runs=EvalRuns(tmp_path))
    assert (again.prompts, [i.id for i in run.items], run.figures["n"]) == ([], [problems[0].id], 1)


async def test_problems_are_asked_at_once_and_kept_in_their_order(tmp_path: Path) -> None:
    task = gsm8k(tmp_path, 5)
    problems = task.problems()
    chat = Together(replies=["#### 18"], expected=3)
    run = await run_strategy("zero-shot", task, problems, conditions(chat, at_once=3), runs=EvalRuns(tmp_path))
    assert [i.id for i in run.items] == [p.id for p in problems]
    assert run.manifest["at_once"] == 3


async def test_an_error_ends_the_others_and_keeps_what_was_finished(tmp_path: Path) -> None:
    task = gsm8k(tmp_path, 6)
    problems = task.problems()
    cut = ScriptedChat(replies=["#### 18", "#### 17", ModelUnavailable("killed")])
    with pytest.raises(ModelUnavailable):
        await run_strategy("zero-shot", task, problems, conditions(cut, at_once=2), runs=EvalRuns(tmp_path))
    again = ScriptedChat(replies=["#### 18"])
    run = await run_strategy("zero-shot", task, problems, conditions(again, at_once=2), runs=EvalRuns(tmp_path))
    assert len(run.items) == 6
    assert len(again.prompts) == 4
    assert [i.id for i in run.items] == [p.id for p in problems]


@pytest.mark.parametrize("other", ["seed", "strategy"])
async def test_items_of_another_configuration_are_not_taken_over(other: str, tmp_path: Path) -> None:
    task = gsm8k(tmp_path, 2)
    cut = ScriptedChat(replies=["#### 18", ModelUnavailable("killed")])
    with pytest.raises(ModelUnavailable):
        await run_strategy("zero-shot", task, task.problems(), conditions(cut), runs=EvalRuns(tmp_path))
    chat = ScriptedChat(replies=["#### 17"])
    strategy = "few-shot" if other == "strategy" else "zero-shot"
    seed = 1 if other == "seed" else 0
    await run_strategy(strategy, task, task.problems(), conditions(chat, seed=seed), runs=EvalRuns(tmp_path))
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
