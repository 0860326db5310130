"""Every part takes the same characters for Han characters."""

import re

import pytest

from kg.documents.language import han_count
from kg.names.spelling import HAN_RUN, is_han
from models.han import HAN


@pytest.mark.parametrize("character", ["⺮", "㐀", "当", "豈", "𠀀"])
def test_rare_and_compatible_characters_are_han_for_every_part(character: str) -> None:
    assert re.fullmatch(f"[{HAN}]", character)
    assert HAN_RUN.fullmatch(character)
    assert (han_count(character), is_han(character)) == (1, True)


@pytest.mark.parametrize("character", ["a", "カ", "，", "α", "😀"])
def test_letters_of_other_scripts_and_marks_are_none(character: str) -> None:
    assert not re.search(f"[{HAN}]", character)
