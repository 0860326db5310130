"""How many things an answer lists."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.question.domain import Intent, Question
from retrieval.question.list_length import list_length, number_of


def asked(text: str, intent: Intent = Intent.LIST_PAPERS) -> int:
    return list_length(Question(text, "en", intent, text))


@pytest.mark.parametrize(
    ("question", "length"),
    [
        ("List papers on frost damage in vines.", 8),
        ("Name ten papers on frost damage.", 10),
        ("Give me 5 articles about vines.", 5),
        ("List 40 papers on vines.", 12),
        ("Name the two papers on frost.", 0),
        ("Which studies of vines used the cultivar 7?", 8),
        ("Articles since 1998 on vines", 8),
        ("请列出十篇关于葡萄霜冻的论文", 10),
        ("列举6项讨论葡萄的研究", 6),
        ("给出十二篇论文", 12),
        ("哪些论文讨论了三七?", 8),
    ],
)
def test_a_list_is_as_long_as_the_question_says_within_reason(question: str, length: int) -> None:
    assert asked(question) == length


def test_only_a_list_of_papers_is_a_list() -> None:
    assert asked("List ten herbs of the formula.", Intent.GRAPH_LIST) == 0


def test_an_instruction_has_the_length_of_the_list_that_it_is_about() -> None:
    def about(intent: Intent) -> Question:
        text = "Translate that."
        return Question(text, "en", Intent.INSTRUCTION, text, about="Name four papers on vines.", about_intent=intent)

    assert list_length(about(Intent.LIST_PAPERS)) == 4
    assert list_length(about(Intent.FACT)) == 0


@given(text=st.text(alphabet=st.characters(categories=["N", "L"]), max_size=12))
def test_any_text_is_a_number_or_none(text: str) -> None:
    found = number_of(text)
    assert found is None or found >= 0


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("三", 3), ("Ten", 10), ("²", None), ("10²", None), ("", None), ("9" * 5000, None)]
)
def test_only_whole_decimal_digits_and_numerals_are_numbers(text: str, number: int | None) -> None:
    assert number_of(text) == number
