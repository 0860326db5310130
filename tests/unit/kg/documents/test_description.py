"""What every reader takes from texts of metadata."""

import pytest

from kg.documents.description import with_subtitle, year_in


@pytest.mark.parametrize(
    "text", ["2013", "May 2013", "2013-05-01", "2013/05", "20130501", "201305", "2013年5月", "c2013."]
)
def test_a_year_is_read_from_every_form_of_a_date(text: str) -> None:
    assert year_in(text) == 2013


@pytest.mark.parametrize("text", ["", "12013", "3013", "1577836800", "201377", "n.d."])
def test_other_numbers_are_no_years(text: str) -> None:
    assert year_in(text) is None


@pytest.mark.parametrize(
    ("title", "subtitle", "whole"),
    [
        ("Salt", "a study", "Salt: a study"),
        ("Salt: A study", "a study", "Salt: A study"),
        ("Why salt?", "A study", "Why salt? A study"),
        ("Salt", "", "Salt"),
        ("", "A study", ""),
    ],
)
def test_a_title_has_its_subtitle_once(title: str, subtitle: str, whole: str) -> None:
    assert with_subtitle(title, subtitle) == whole
