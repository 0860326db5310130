"""Spellings of one author."""

import pytest

from retrieval.question.author_spellings import with_other_spellings
from retrieval.question.record_names import authors_named

FENN = ("Mira O Fenn", "M O Fenn", "Fenn MO", "Mira Olga Fenn", "Fenn, Mira", "M. Fenn")
HALE = ("Tom Hale", "T Hale", "Tina Hale")


@pytest.mark.parametrize("name", FENN)
def test_every_spelling_of_one_author_finds_all_others(name: str) -> None:
    assert set(with_other_spellings([name], (*FENN, *HALE))) == set(FENN)


def test_initials_that_may_be_of_two_authors_find_themselves_alone() -> None:
    assert with_other_spellings(["T Hale"], HALE) == ("T Hale",)
    assert with_other_spellings(["Tina Hale"], ("Tina Hale", "T Hale")) == ("Tina Hale", "T Hale")


def test_a_second_given_name_tells_two_authors_apart() -> None:
    assert with_other_spellings(["Mira P Fenn"], ("Mira P Fenn", "Mira O Fenn")) == ("Mira P Fenn",)


def test_names_of_several_authors_stay_as_they_are() -> None:
    assert authors_named("Hale", HALE) == HALE
    assert with_other_spellings((), HALE) == ()


def test_chinese_names_have_one_spelling() -> None:
    assert with_other_spellings(["王伟"], ("王伟", "王伟明")) == ("王伟",)


def test_a_question_with_one_spelling_finds_the_papers_of_all() -> None:
    assert set(authors_named("Mira Fenn", (*FENN, *HALE))) == set(FENN)
