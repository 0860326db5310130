"""Texts are compared under one spelling."""

import pytest

from eval.answers.tokens import content_tokens, holds, tokens


def test_width_case_traditional_characters_greek_letters_and_number_formats_are_made_equal() -> None:
    assert tokens("ＡＱＰ４") == tokens("aqp4") == ["aqp", "4"]
    assert tokens("當歸") == tokens("当归") == ["当", "归"]
    assert tokens("TNF-α") == tokens("tnf alpha") == ["tnf", "alpha"]
    assert tokens("1,890.50 mg") == ["1890.5", "mg"]
    assert tokens("Müller") == ["muller"]


def test_articles_are_no_content() -> None:
    assert content_tokens("The gap of a cell") == ["gap", "of", "cell"]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("第六届立法会共有70个议席", "70"),
        ("死亡人数为 12 人。", "12人"),
        ("In Tampa, Florida, on Sunday", "Tampa, Florida"),
        ("於1月3日宣誓", "1月3日"),
    ],
)
def test_a_text_holds_a_spelling_as_whole_tokens(text: str, form: str) -> None:
    assert holds(text, form)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("共有170个议席", "70"),
        ("the party began", "art"),
        ("on 11月3日", "1月3日"),
        ("anything", ""),
        ("70 mg", "70 hours"),
    ],
)
def test_parts_of_numbers_and_words_are_not_held(text: str, form: str) -> None:
    assert not holds(text, form)
