"""Each strategy asks what it should, and what it asks is counted."""

from pathlib import Path

import pytest

from eval.prompts.ask import Asker
from eval.prompts.prompt_texts import wording
from eval.prompts.strategies import (
    STRATEGIES,
    Effort,
    majority,
    names_of,
    select,
    self_consistency,
    steps_in,
    tree_of_thought,
    worth,
)
from models.errors import ModelUnavailable
from models.scripted import ScriptedChat
from tests.unit.eval.prompts.problems import EGGS, CountingChat, gsm8k


@pytest.mark.parametrize(
    ("name", "calls"),
    [
        ("zero-shot", 1),
        ("few-shot", 1),
        ("chain-of-thought", 1),
        ("zero-shot-cot", 2),
        ("structured-cot", 1),
        ("tree-of-thought", 5),
        ("self-consistency", 5),
        ("graph-plan", 2),
    ],
)
async def test_every_strategy_tells_its_calls_and_tokens(name: str, calls: int, tmp_path: Path) -> None:
    task = gsm8k(tmp_path)
    chat = CountingChat(replies=["3 * 6 = 18\n#### 18"])
    attempt = await STRATEGIES[name].attempt(task, EGGS, Asker(chat), Effort())
    assert task.score(EGGS, attempt.text).strict == 1
    assert attempt.costs["calls"] == len(chat.prompts) == calls
    costs = attempt.costs
    assert (costs["prompt_tokens"], costs["completion_tokens"], costs["calls"]) == (100 * calls, 10 * calls, calls)
    assert not costs["estimated"]


async def test_tokens_are_estimated_where_the_model_does_not_count_them_and_said_so(tmp_path: Path) -> None:
    asker = Asker(ScriptedChat(replies=["#### 18"]), clock=iter([1.0, 3.5]).__next__)
    attempt = await STRATEGIES["zero-shot"].attempt(gsm8k(tmp_path), EGGS, asker, Effort())
    costs = attempt.costs
    assert costs["estimated"]
    assert costs["prompt_tokens"] > costs["completion_tokens"] > 0
    assert costs["seconds"] == 2.5


async def test_thoughts_are_no_part_of_a_reply() -> None:
    asker = Asker(ScriptedChat(replies=["<think>perhaps #### 17</think>\n#### 18"]))
    assert await asker.ask(wording("gsm8k", "en").messages("", "?")) == "#### 18"


async def test_every_call_of_a_problem_has_a_seed_of_its_own(tmp_path: Path) -> None:
    chat = CountingChat(replies=["#### 18"], given=[])
    await self_consistency(gsm8k(tmp_path), EGGS, Asker(chat, seed=7), Effort(samples=3))
    assert [g["seed"] for g in chat.given] == [7, 8, 9]
    assert {g["temperature"] for g in chat.given} == {0.7}


async def test_the_answer_most_samples_share_is_taken(tmp_path: Path) -> None:
    replies = ["#### 17", "no idea", "so 18\n#### 18", "it is 18.00", "#### 17.5"]
    asker = Asker(ScriptedChat(replies=replies))
    attempt = await self_consistency(gsm8k(tmp_path), EGGS, asker, Effort(samples=5))
    assert attempt.text == "so 18\n#### 18"
    assert attempt.notes["votes"] == [1, 0, 2, 2, 1]


def test_a_tie_goes_to_the_answer_that_was_given_first(tmp_path: Path) -> None:
    agreement = gsm8k(tmp_path).agreement
    assert majority(["#### 2", "#### 1", "#### 1", "#### 2"], agreement)[0] == 0
    assert majority(["none", "#### 1", "#### 2"], agreement)[0] == 1
    assert majority(["none", "neither"], agreement) == (0, (0, 0))


async def test_a_tree_follows_the_steps_of_most_worth(tmp_path: Path) -> None:
    replies = [
        "1. add 3 and 6\n2. multiply 3 by 6\n3. add 3 and 6",
        "impossible",
        "Sure.",
        "1) 3 * 6 = 18",
        "likely",
        "#### 18",
    ]
    chat = ScriptedChat(replies=replies)
    attempt = await tree_of_thought(gsm8k(tmp_path), EGGS, Asker(chat), Effort(breadth=1, depth=2))
    assert attempt.notes["thoughts"] == [{"steps": ["multiply 3 by 6", "3 * 6 = 18"], "worth": 1}]
    assert "1. multiply 3 by 6\n2. 3 * 6 = 18" in str(chat.prompts[-1][-1].content)


def test_of_thoughts_with_equal_worth_the_first_proposed_are_kept() -> None:
    ways = [((name,), value) for name, value in (("a", 1.0), ("b", 20.0), ("c", 1.0), ("d", 20.0))]
    assert [steps[0] for steps, _ in select(ways, 3)] == ["b", "d", "a"]


def test_values_are_read_by_their_longest_word_in_both_languages() -> None:
    english, chinese = wording("gsm8k", "en").values, wording("gsm8k", "zh").values
    assert worth("Impossible", english) == 0.001
    assert worth("likely, even sure", english) == 1
    assert worth("不可能", chinese) == 0.001
    assert worth("确定。", chinese) == 20
    assert worth("hm", english) == 0


def test_steps_are_numbered_lines_or_else_the_first_line() -> None:
    assert steps_in("Steps:\n1. a\n2、b\n- c\n4. d", 3) == ("a", "b", "c")
    assert steps_in("\nMultiply.\nThen add.", 3) == ("Multiply.",)
    assert steps_in("", 3) == ()


async def test_a_tree_without_any_proposal_still_answers(tmp_path: Path) -> None:
    chat = ScriptedChat(replies=["", "", "#### 18"])
    attempt = await tree_of_thought(gsm8k(tmp_path), EGGS, Asker(chat), Effort())
    assert attempt.text == "#### 18"


async def test_a_model_that_is_away_is_not_answered_for(tmp_path: Path) -> None:
    asker = Asker(ScriptedChat(replies=[ModelUnavailable("away")]))
    with pytest.raises(ModelUnavailable):
        await STRATEGIES["zero-shot"].attempt(gsm8k(tmp_path), EGGS, asker, Effort())


def test_strategies_go_by_name_all_of_them_or_some() -> None:
    assert names_of("all") == tuple(STRATEGIES)
    assert names_of("few-shot, zero-shot,few-shot") == ("few-shot", "zero-shot")
    with pytest.raises(ValueError, match="tree-of-thought"):
        names_of("zero-shot,zeroshot")


@pytest.mark.parametrize("task", ["gsm8k", "ecs"])
def test_both_languages_have_the_same_places_for_what_is_filled_in(task: str) -> None:
    english, chinese = wording(task, "en"), wording(task, "zh")
    assert english.version != chinese.version
    assert len(english.examples) == len(chinese.examples)
    for words in (english, chinese):
        assert set(words.values.values()) == {0.001, 1, 20}
        for text in (words.propose, words.value, words.finish):
            assert "{asked}" in text
            assert "{steps}" in text
        assert "{facts}" in words.planned
        for example in words.examples:
            assert words.asked(example).count(example.question) == 1
