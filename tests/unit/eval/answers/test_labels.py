"""A label counts where the answer names it."""

import pytest

from eval.answers.labels import macro_f1, named_label

OPTIONS = {"A": "Vitamin C deficiency", "B": "Iron deficiency", "C": "Zinc"}


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("Yes, it does.", "yes"),
        ("The answer is 'maybe'.", "maybe"),
        ("Exercise improved memory, and no harm was seen.", ""),
        ("", ""),
    ],
)
def test_yes_no_or_maybe_is_named_by_the_answer(answer: str, label: str) -> None:
    assert named_label(answer, {}) == label


@pytest.mark.parametrize(
    ("answer", "letter"),
    [
        ("The answer is (B).", "B"),
        ("C. Zinc", "C"),
        ("It is iron deficiency.", "B"),
        ("A deficiency of the vitamin called C.", ""),
        ("The answer is E.", ""),
    ],
)
def test_an_option_is_named_by_its_letter_or_its_whole_text(answer: str, letter: str) -> None:
    assert named_label(answer, OPTIONS) == letter


def test_yes_and_no_as_options_begin_the_answer() -> None:
    options = {"A": "yes", "B": "no"}
    assert named_label("B. no", options) == "B"
    assert named_label("Yes, in mice.", options) == "A"
    assert named_label("It helped, and no harm was seen.", options) == ""


def test_macro_f1_weighs_every_label_alike() -> None:
    given, gold = ["yes", "yes", "no", ""], ["yes", "no", "no", "maybe"]
    assert macro_f1(given, gold) == pytest.approx((2 / 3 + 2 / 3 + 0.0) / 3)
