"""A word problem's quantities are read as a graph and calculated exactly, never run as a program."""

from fractions import Fraction
from pathlib import Path

import pytest

from eval.prompts.ask import Asker
from eval.prompts.prompt_texts import wording
from eval.prompts.quantity_plan import evaluated, lines_of
from models.scripted import ScriptedChat
from tests.unit.eval.prompts.problems import EGGS, gsm8k


async def test_the_facts_are_the_values_of_the_graph(tmp_path: Path) -> None:
    chat = ScriptedChat(replies=["Here:\n- eggs_a_day = 3\n`days = 6`\nanswer = eggs_a_day * days  # eggs"])
    planned = await gsm8k(tmp_path).planned(EGGS, Asker(chat))
    assert planned.facts == ("eggs_a_day = 3", "days = 6", "answer = eggs_a_day * days = 18")
    assert planned.by == "model"


def test_thirds_stay_exact() -> None:
    assert evaluated(lines_of("part = 10 / 3\nanswer = part * 3"))["answer"] == Fraction(10)


@pytest.mark.parametrize(
    "expression",
    ["2 ** 9999", "__import__('os')", "unknown + 1", "1 / 0", "[1]", "'a'", "True", "3 +", "(1).real", "later"],
)
def test_what_is_no_arithmetic_over_earlier_names_has_no_value(expression: str) -> None:
    assert "x" not in evaluated({"x": expression, "later": "1"})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_examples_calculate_to_their_answers(language: str) -> None:
    for example in wording("gsm8k", "zh" if language == "zh" else "en").examples:
        assert evaluated(lines_of(example.plan))["answer"] == Fraction(example.answer)
