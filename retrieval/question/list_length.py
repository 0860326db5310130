"""How many things the answer to a question lists."""

from collections.abc import Sequence

from retrieval.question.domain import Intent, Question
from retrieval.question.record_tokens import Token, TokenKind, record_tokens

NUMERALS = {
    word: number
    for number, words in enumerate(
        (
            "one 一",
            "two 二 两",
            "three 三",
            "four 四",
            "five 五",
            "six 六",
            "seven 七",
            "eight 八",
            "nine 九",
            "ten 十",
        ),
        1,
    )
    for word in words.split()
}
_LONGEST_NUMBER = 9
"""Digits of the longest number that counts things."""

_COUNTERS = frozenset("篇项个种份条")
_FIRST_TOKENS = 5
"""A number without a Chinese counter is how many are asked for only at the head of a question."""

_LEAST, _USUAL, _MOST = 3, 8, 12


def list_length(question: Question) -> int:
    """How many things a list of papers holds at most, 0 where no list is asked for.

    The number that the question says, within reason; two things are no list.
    """
    if question.form is not Intent.LIST_PAPERS:
        return 0
    said = _said(record_tokens(question.about if question.intent is Intent.INSTRUCTION else question.text))
    if said is not None and 0 < said < _LEAST:
        return 0
    return min(said or _USUAL, _MOST)


def number_of(text: str) -> int | None:
    """The number that a word says, in digits or in letters; digits such as superscripts say none."""
    if text.isdecimal():
        return int(text) if len(text) <= _LONGEST_NUMBER else None
    return NUMERALS.get(text.lower())


def _said(tokens: Sequence[Token]) -> int | None:
    """The number of things that is asked for."""
    for at, token in enumerate(tokens):
        counted = at + 1 < len(tokens) and tokens[at + 1].text in _COUNTERS
        number = number_of(token.text)
        if number is None or token.kind not in (TokenKind.NUMBER, TokenKind.WORD, TokenKind.HAN):
            continue
        if counted or (at < _FIRST_TOKENS and token.kind is not TokenKind.HAN):
            ten_before = at > 0 and NUMERALS.get(tokens[at - 1].text) is not None
            return _MOST if token.kind is TokenKind.HAN and ten_before else number
    return None
