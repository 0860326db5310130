"""Words of a text and what their places tell."""

import re

from hypothesis import given

from retrieval.text.tokens import CAPITAL, HAN, Vocabulary, tokens_of
from tests.unit.retrieval.texts import texts

_WORD = re.compile(r"[㐀-䶿一-鿿]+|[^\W_㐀-䶿一-鿿]+(?:[-.'’&/][^\W_㐀-䶿一-鿿]+)*")
_BEFORE_A_START = re.compile(r"[.!?:;。！？\"“(]\s*$|^\s*$|\n\s*$")


@given(texts)
def test_gaps_and_words_are_the_text(text: str) -> None:
    tokens = tokens_of(text)
    assert [gap for gap in tokens.gaps if gap] == [g for g in _WORD.split(text)[:-1] if g]
    assert len(tokens.gaps) == len(tokens.codes)


@given(texts)
def test_a_sentence_starts_after_a_stop_a_line_or_nothing(text: str) -> None:
    tokens = tokens_of(text)
    latin = [at for at, code in enumerate(tokens.codes) if not code & HAN]
    starts = [m.start() for m in _WORD.finditer(text) if not "㐀" <= m.group()[0] <= "鿿"]
    before = [_BEFORE_A_START.search(text[max(0, s - 4) : s]) is not None for s in starts]
    assert [tokens.opens(at) for at in latin] == before


@given(texts, texts)
def test_a_vocabulary_that_has_read_more_gives_the_same_words(text: str, other: str) -> None:
    known = Vocabulary()
    tokens_of(other, known)
    first, again = tokens_of(text), tokens_of(text, known)
    assert again.keys() == first.keys()
    assert [code & (CAPITAL | HAN) for code in again.codes] == [code & (CAPITAL | HAN) for code in first.codes]


def test_case_accents_and_possessives_make_no_other_word() -> None:
    tokens = tokens_of("Émile emile EMILE's")
    assert tokens.keys() == ["emile"] * 3
    assert [tokens.capital(at) for at in range(3)] == [True, False, True]


def test_forgotten_words_keep_their_numbers() -> None:
    vocabulary = Vocabulary()
    code = vocabulary["Oslo"]
    vocabulary.clear()
    assert vocabulary["Oslo"] == code
    assert vocabulary.key_of(code) == "oslo"
