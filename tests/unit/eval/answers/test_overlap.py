"""Exact match, F1 and ROUGE-L, worked out by hand."""

import pytest

from eval.answers.overlap import overlap
from eval.answers.tokens import holds_all


def test_exact_match_does_not_mind_case_articles_and_signs() -> None:
    assert overlap("The Microglia.", "microglia")["exact_match"] == 1.0
    assert overlap("Microglia cells", "microglia")["exact_match"] == 0.0
    assert overlap("", "")["exact_match"] == 0.0


def test_f1_counts_words_in_english_and_characters_in_chinese() -> None:
    assert overlap("fluoxetine raised connexin", "connexin rose")["f1"] == pytest.approx(2 / 5)
    assert overlap("nothing shared", "at all")["f1"] == 0.0
    assert overlap("当归补血", "当归")["f1"] == pytest.approx(4 / 6)


def test_f1_counts_a_repeated_word_once_for_each_time_that_both_have_it() -> None:
    assert overlap("cell cell", "cell")["f1"] == pytest.approx(2 / 3)


def test_rouge_l_minds_the_order() -> None:
    assert overlap("x y z", "x y z")["rouge_l"] == 1.0
    assert overlap("z y x", "x y z")["rouge_l"] == pytest.approx(1 / 3)
    assert overlap("w", "x")["rouge_l"] == 0.0


def test_every_group_must_be_held_in_one_of_its_spellings() -> None:
    groups = [["1月3日"], ["1月12日", "一月十二日"]]
    assert holds_all("宣誓在1月3日，首次会议在1月12日。", groups) == 1.0
    assert holds_all("宣誓在1月3日。", groups) == 0.0
    assert holds_all("anything", []) == 0.0
