"""Labels are read strictly where an answer names them, else from what it says."""

import pytest

from eval.answers.labels import chosen_option, macro_f1, yes_no_maybe

OPTIONS = {"A": "Vitamin C deficiency", "B": "Iron deficiency", "C": "Zinc"}


@pytest.mark.parametrize(
    ("answer", "label", "named"),
    [
        ("Yes, it does.", "yes", True),
        ("The answer is 'maybe'.", "maybe", True),
        ("Exercise improved memory in mice.", "yes", False),
        ("Exercise did not improve memory in mice.", "no", False),
        ("Exercise may improve memory in mice.", "maybe", False),
        ("", "", False),
    ],
)
def test_yes_no_or_maybe(answer: str, label: str, named: bool) -> None:
    assert yes_no_maybe(answer, "Does exercise improve memory in mice?") == (label, named)


def test_the_sentence_nearest_to_the_question_decides() -> None:
    answer = "Diet may matter.\nExercise improved memory in mice."
    assert yes_no_maybe(answer, "Does exercise improve memory in mice?")[0] == "yes"


@pytest.mark.parametrize(
    ("answer", "letter", "named"),
    [
        ("The answer is (B).", "B", True),
        ("C. Zinc", "C", True),
        ("It is iron deficiency.", "B", False),
        ("A deficiency of the vitamin called C.", "A", False),
        ("Nothing of this.", "", False),
        ("The answer is E.", "", False),
    ],
)
def test_an_option_is_chosen_by_letter_or_by_its_words(answer: str, letter: str, named: bool) -> None:
    assert chosen_option(answer, OPTIONS, "What causes scurvy?") == (letter, named)


@pytest.mark.parametrize(
    ("answer", "letter", "named"),
    [
        ("B. no", "B", True),
        ("Yes, in mice.", "A", True),
        ("Exercise improved memory, and no harm was seen.", "A", False),
        ("Exercise did not improve memory in mice.", "B", False),
        ("Exercise may improve memory in mice.", "", False),
        ("Maybe.", "", False),
    ],
)
def test_yes_and_no_as_options_are_read_by_what_the_answer_says(answer: str, letter: str, named: bool) -> None:
    options = {"A": "yes", "B": "no"}
    assert chosen_option(answer, options, "Does exercise improve memory in mice?") == (letter, named)


def test_macro_f1_weighs_every_label_alike() -> None:
    given, gold = ["yes", "yes", "no", ""], ["yes", "no", "no", "maybe"]
    assert macro_f1(given, gold) == pytest.approx((2 / 3 + 2 / 3 + 0.0) / 3)
