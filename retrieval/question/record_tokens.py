"""The tokens of a question about records: words, Chinese characters, quoted strings, years, numbers and identifiers."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from kg.records import record_words
from models.han import HAN

_QUOTES = {"“": "”", '"': '"', "《": "》", "「": "」", "『": "』", "‘": "’", "'": "'", "〈": "〉", "«": "»"}
_TOKEN = re.compile(
    rf"(?P<doi>10\.\d{{4,9}}/[^\s\"“”《》，。？；、（）{HAN}]+[^\s\"“”《》，。？；、（）{HAN}.,;?!)])"
    rf"|(?P<number>\d++(?:\.\d++)?+)(?![^\W\d_{HAN}])"
    rf"|(?P<word>[^\W_{HAN}]+(?:[.’'-][^\W_{HAN}]+)*)"
    rf"|(?P<han>[{HAN}])"
    r"|(?P<mark>\S)"
)
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d")
_LONG_NUMBER = 5


class TokenKind(StrEnum):
    """The kind of a token."""

    WORD = "word"
    HAN = "han"
    QUOTE = "quote"
    YEAR = "year"
    NUMBER = "number"
    IDENTIFIER = "identifier"
    MARK = "mark"


@dataclass(frozen=True, slots=True)
class Token:
    """Characters [start, end) of the question; ``text`` of a quoted string is without its quotation marks.

    ``words`` are those of the text as names are compared.
    """

    kind: TokenKind
    text: str
    start: int
    end: int
    words: tuple[str, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(record_words(self.text)))


def record_tokens(question: str) -> list[Token]:
    """The tokens in order."""
    tokens: list[Token] = []
    at = 0
    while at < len(question):
        if question[at] in _QUOTES and (end := _closing(question, at)) is not None:
            tokens.append(Token(TokenKind.QUOTE, question[at + 1 : end].strip(), at, end + 1))
            at = end + 1
            continue
        found = _TOKEN.match(question, at)
        if found is None:
            at += 1
            continue
        tokens.append(Token(_kind(found), found[0], at, found.end()))
        at = found.end()
    return tokens


def _kind(found: re.Match[str]) -> TokenKind:
    text = found[0]
    if found.lastgroup == "doi":
        return TokenKind.IDENTIFIER
    if found.lastgroup in ("han", "mark"):
        return TokenKind(found.lastgroup)
    if found.lastgroup == "word" and not text.isdecimal():
        return TokenKind.WORD
    if _YEAR.fullmatch(text):
        return TokenKind.YEAR
    return TokenKind.IDENTIFIER if len(text) >= _LONG_NUMBER and text.isdecimal() else TokenKind.NUMBER


def _closing(question: str, at: int) -> int | None:
    """Where the quotation that opens here closes; an apostrophe inside a word opens and closes none."""
    mark = question[at]
    close = _QUOTES[mark]
    if mark == "'" and at and question[at - 1].isascii() and question[at - 1].isalnum():
        return None
    end = question.find(close, at + 1)
    while mark in "'‘" and end != -1 and end + 1 < len(question) and question[end + 1].isalnum():
        end = question.find(close, end + 1)
    return end if end > at + 1 else None
