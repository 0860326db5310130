"""Numbers are read as people write them, strictly in the form asked for or flexibly wherever they stand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.prompts.extraction import flexible_number, numbers, strict_line, strict_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("That makes $1,234,567.", "1234567"),
        ("Her balance is -5", "-5"),
        ("It fell to −7 degrees", "-7"),
        ("He owes -$40.", "-40"),
        ("She has 20 - 5", "5"),
        ("between 10-15", "15"),
        ("- 5 apples", "5"),
        ("It costs US$3.50.", "3.50"),
        ("18 dollars.", "18"),
        ("25%", "25"),
        ("共18元。", "18"),
        ("还剩１８个", "18"),
        ("总价是3万元", "30000"),
        ("1.5亿", "150000000"),
        ("重3千克", "3"),
        ("答案是十八", "18"),
        ("一共一百二十个", "120"),
        ("两万零三", "20003"),
        ("负三点五", "-3.5"),
        ("\\boxed{1,200}", "1200"),
    ],
)
def test_the_last_number_is_read_whatever_its_spelling(text: str, value: str) -> None:
    assert flexible_number(text) == Decimal(value)


def test_digits_behind_letters_are_no_numbers_and_numerals_give_way_to_digits() -> None:
    assert numbers("AQP4 and x2") == ()
    assert numbers("一只母鸡每天下 3 个蛋") == (Decimal(3),)
    assert flexible_number("I do not know.") is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3 * 6 = 18\n#### 18", "18"),
        ("**#### $1,200.00**", "1200"),
        ("#### 18 eggs", "18"),
        ("####-3", "-3"),
        ("#### Step 1\nadd\n#### 9", "9"),
        ("共十八个\n#### 18", "18"),
    ],
)
def test_the_asked_form_is_read_strictly(text: str, value: str) -> None:
    assert strict_number(text, "####") == Decimal(value)


@pytest.mark.parametrize("text", ["The answer is 18.", "#### 12 + 6 = 18", "so #### 18", "#### none", ""])
def test_what_is_not_in_the_asked_form_is_not_read_strictly(text: str) -> None:
    assert strict_number(text, "####") is None


def test_a_later_line_of_the_form_without_a_number_takes_the_answer_back() -> None:
    assert strict_number("#### 18\n#### or 19 or 20", "####") is None


def test_an_answer_line_runs_to_the_end_of_its_paragraph() -> None:
    text = "Reasons.\n\n**Answer:** Astrocytes do.\nWith AQP4.\n\nNotes: none"
    assert strict_line(text, "Answer:") == "Astrocytes do.\nWith AQP4."
    assert strict_line("推理。\n答案：星形胶质细胞。", "答案：") == "星形胶质细胞。"
    assert strict_line("Answer: one\nAnswer: two", "Answer:") == "two"
    assert strict_line("The answer: none of this opens a line", "Answer:") == ""


@given(st.integers(-(10**12), 10**12))
def test_any_whole_number_is_read_back_with_and_without_separators(number: int) -> None:
    assert flexible_number(f"The result is {number:,}.") == number
    assert strict_number(f"work\n#### {number}", "####") == number
