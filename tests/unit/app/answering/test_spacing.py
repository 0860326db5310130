"""The space between two sentences of an answer."""

import pytest

from app.answering.spacing import gap


@pytest.mark.parametrize(
    ("before", "after", "between"),
    [
        ("", "It doubles.", ""),
        ("It doubles.", "It halves.", " "),
        ("间质间隙增大。", "清除加快。", ""),
        ("间质间隙增大。", "AQP4敲除后减慢。", ""),
        ("间质间隙增大。", "Clearance doubles.", " "),
        ("Clearance doubles.", "间质间隙增大。", " "),
    ],
)
def test_only_chinese_sentences_follow_each_other_without_a_space(before: str, after: str, between: str) -> None:
    assert gap(before, after) == between
