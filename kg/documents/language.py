"""The language of a text: Chinese or English."""

import re

from kg.domain import Language
from models.han import HAN

_HAN = re.compile(f"[{HAN}]")
_LETTER = re.compile(r"[^\W\d_]")
_CITED = re.compile(
    '\u201c[^\u201c\u201d]*\u201d|"[^"]*"|\u300a[^\u300a\u300b]*\u300b|\u300c[^\u300c\u300d]*\u300d'
    "|\u300e[^\u300e\u300f]*\u300f|\u00ab[^\u00ab\u00bb]*\u00bb|\\([^()]*\\)|\uff08[^\uff08\uff09]*\uff09"
)
"""Quotations, titles and glosses in brackets."""

_LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['’-][A-Za-z\u00c0-\u024f]+)*")
_CHINESE_GRAMMAR = re.compile("[的了吗呢是在和与对为有不被把将从及其这那或也能会可]|什么|哪些|如何|怎样|怎么|为何|多少")
_ENGLISH_GRAMMAR_TEXT = """
the a an of is are was were be been do does did how what which who whom when where why and or not in on at to for
with by from as that this these those it its can could may might between than into
"""
_ENGLISH_GRAMMAR = frozenset(_ENGLISH_GRAMMAR_TEXT.split())


def han_count(text: str) -> int:
    """How many Han characters are in the text."""
    return len(_HAN.findall(text))


def letters_of(text: str) -> str:
    """Letters and digits alone, without case, to compare titles and headings by."""
    return "".join(c for c in text.casefold() if c.isalnum())


def language_of(text: str) -> Language:
    """``zh`` or ``en``, whichever carries the grammar of the text; terms borrowed from the other do not count."""
    han = han_count(text)
    if not han:
        return "en"
    words = _LATIN_WORD.findall(text)
    if not words or han >= 6 * len(words):
        return "zh"
    if 8 * han <= len(words):
        return "en"
    english = sum(1 for word in words if word.lower() in _ENGLISH_GRAMMAR)
    chinese = len(_CHINESE_GRAMMAR.findall(text))
    if english != chinese:
        return "zh" if chinese > english else "en"
    return "zh" if han > len(words) else "en"


def language_of_question(text: str) -> Language:
    """The language to answer in: that of the question's own words, not of a title, a quotation or a name it cites.

    What stands between quotation marks or brackets does not count, if other words are left. A question that opens in
    Chinese is Chinese, even if a title without quotation marks follows; any other is read by its grammar.
    """
    own = _CITED.sub(" ", text)
    own = own if _LETTER.search(own) else text
    first = _LETTER.search(own)
    return "zh" if first is not None and _HAN.match(first[0]) else language_of(own)
