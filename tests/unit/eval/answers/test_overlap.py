"""Exact match, F1, ROUGE-L and numbers, worked out by hand."""

import pytest

from eval.answers.numeric import numeric_match
from eval.answers.overlap import exact_match, f1, holds_all, rouge_l


def test_exact_match_does_not_mind_case_articles_and_signs() -> None:
    assert exact_match("The Microglia.", "microglia") == 1.0
    assert exact_match("Microglia cells", "microglia") == 0.0
    assert exact_match("", "") == 0.0


def test_f1_counts_words_in_english() -> None:
    assert f1("fluoxetine raised connexin", "connexin rose") == pytest.approx(2 * (1 / 3) * (1 / 2) / (1 / 3 + 1 / 2))
    assert f1("nothing shared", "at all") == 0.0


def test_f1_counts_characters_in_chinese() -> None:
    assert f1("当归补血", "当归") == pytest.approx(2 * 0.5 * 1.0 / 1.5)


def test_f1_counts_a_repeated_word_once_for_each_time_that_both_have_it() -> None:
    assert f1("cell cell", "cell") == pytest.approx(2 * 0.5 * 1.0 / 1.5)


def test_rouge_l_minds_the_order() -> None:
    assert rouge_l("x y z", "x y z") == 1.0
    assert rouge_l("z y x", "x y z") == pytest.approx(1 / 3)
    assert rouge_l("w", "x") == 0.0


def test_every_group_must_be_held_in_one_of_its_spellings() -> None:
    groups = [["1月3日"], ["1月12日", "一月十二日"]]
    assert holds_all("宣誓在1月3日，首次会议在1月12日。", groups) == 1.0
    assert holds_all("宣誓在1月3日。", groups) == 0.0
    assert holds_all("anything", []) == 0.0


def test_numbers_match_across_units_and_the_questions_own_do_not_count() -> None:
    assert numeric_match("It lasted 90 minutes.", "1.5 h") == 1.0
    assert numeric_match("It lasted 2 hours and 5 mg were given.", "5 mg for 3 hours") == 0.5
    assert numeric_match("five", "5 mice of the 12", question="How many of the 12 mice?") == 1.0
    assert numeric_match("anything", "no number here") is None
