"""The tokens of a question about records: words, Chinese characters, quoted strings, years, numbers and identifiers."""

import re
from dataclasses import dataclass, field
from enum import StrEnum

from kg.names.spelling import is_han
from kg.records import record_words
from models.han import HAN

_QUOTES = {"“": "”", '"': '"', "《": "》", "「": "」", "『": "』", "‘": "’", "'": "'", "〈": "〉", "«": "»"}
_TOKEN = re.compile(
    rf"(?P<doi>10\.\d{{4,9}}/[^\s\"“”《》，。？；、（）{HAN}]+[^\s\"“”《》，。？；、（）{HAN}.,;?!)])"
    rf"|(?P<number>\d++(?:\.\d++)?+)(?![^\W\d_{HAN}])"
    rf"|(?P<word>[^\W_{HAN}]+(?:[.’'-][^\W_{HAN}]+)*|[{HAN}]+)"
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
        end = found.end()
        if found.lastgroup == "word":
            tokens += _words(found[0], at)
        else:
            tokens.append(Token(_kind(found), found[0], at, end))
        at = end
    return tokens


def _kind(found: re.Match[str]) -> TokenKind:
    if found.lastgroup == "doi":
        return TokenKind.IDENTIFIER
    if found.lastgroup != "number":
        return TokenKind.MARK
    text = found[0]
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


def _words(run: str, at: int) -> list[Token]:
    """A run of letters as words, each Chinese character a token."""
    tokens: list[Token] = []
    start = 0
    for place, char in enumerate(run):
        if is_han(char):
            if place > start:
                tokens.append(_word(run[start:place], at + start))
            tokens.append(Token(TokenKind.HAN, char, at + place, at + place + 1))
            start = place + 1
    if start < len(run):
        tokens.append(_word(run[start:], at + start))
    return tokens


def _word(text: str, at: int) -> Token:
    kind = TokenKind.WORD
    if text.isdecimal():
        kind = TokenKind.YEAR if _YEAR.fullmatch(text) else TokenKind.NUMBER
        if kind is TokenKind.NUMBER and len(text) >= _LONG_NUMBER:
            kind = TokenKind.IDENTIFIER
    return Token(kind, text, at, at + len(text))
