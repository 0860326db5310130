"""Tokens of questions about records."""

import pytest

from retrieval.question.record_tokens import TokenKind, record_tokens


def _kinds(question: str) -> list[tuple[str, str]]:
    return [(t.kind.value, t.text) for t in record_tokens(question) if t.kind is not TokenKind.MARK]


@pytest.mark.parametrize("quotes", ["“”", '""', "''", "《》", "「」"])
def test_a_quoted_string_is_one_token_without_its_marks(quotes: str) -> None:
    question = f"谁写了{quotes[0]}Tides of the bay{quotes[1]}?"
    assert ("quote", "Tides of the bay") in _kinds(question)


def test_an_apostrophe_quotes_nothing() -> None:
    assert _kinds("Smith's and Lee's papers") == [
        ("word", "Smith's"),
        ("word", "and"),
        ("word", "Lee's"),
        ("word", "papers"),
    ]


def test_years_numbers_and_identifiers_are_told_apart() -> None:
    found = _kinds("最新5篇 2012年 PMID 22051773 doi:10.1000/a.b-1, 1592")
    assert [f for f in found if f[0] in ("number", "year", "identifier")] == [
        ("number", "5"),
        ("year", "2012"),
        ("identifier", "22051773"),
        ("identifier", "10.1000/a.b-1"),
        ("year", "1592"),
    ]


def test_tokens_keep_their_places_in_mixed_text() -> None:
    question = "发表在Glia上的aquaporin-4论文"
    assert all(question[t.start : t.end] == t.text for t in record_tokens(question))
    assert ("word", "aquaporin-4") in _kinds(question)


@pytest.mark.parametrize("text", ["10²", "10mg", "100th", "③④⑤⑥⑦"])
def test_digits_with_letters_or_raised_digits_are_one_word(text: str) -> None:
    assert _kinds(text) == [("word", text)]
