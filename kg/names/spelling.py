"""Names in one spelling: width, traditional characters, case, dashes, quotes and spaces made equal."""

import re
import unicodedata
from functools import cache

from models.han import HAN, HAN_RANGES

_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d\u058a\u30a0"
_QUOTES = "\u2018\u2019\u201b\u02bc\u02b9\u2032\uff07\u0060\u00b4"
HAN_RUN = re.compile(f"[{HAN}]+")
"""A run of Han characters."""

_MARK = re.compile(f"[{_DASHES}{_QUOTES}]")
_FAR_EAST = re.compile("[\u2e80-\U000323af]")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def normalise(text: str) -> str:
    """The one spelling under which names are compared; applying it twice changes nothing.

    NFKC, traditional to simplified Chinese character by character, case folded, dashes to ``-``, quotes to ``'``,
    invisible characters dropped, runs of blanks to one. Greek letters and accents are kept.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _plain(_INVISIBLE.sub("", text)))
        text = _plain(unicodedata.normalize("NFKC", _to_simplified(text).casefold()))
        text = _to_simplified(text)
    else:
        text = text.lower().replace("`", "'")
    return " ".join(text.split())


def _plain(text: str) -> str:
    return _MARK.sub(lambda mark: "-" if mark.group() in _DASHES else "'", text)


def _to_simplified(text: str) -> str:
    return text.translate(simplified()) if _FAR_EAST.search(text) else text


def is_han(char: str) -> bool:
    """Whether a character is a Chinese one."""
    point = ord(char)
    return point >= 0x2E80 and any(low <= point <= high for low, high in HAN_RANGES)


@cache
def marks() -> dict[int, int]:
    """Dashes and quotes, each to its plain form."""
    return {ord(c): ord("-") for c in _DASHES} | {ord(c): ord("'") for c in _QUOTES}


@cache
def simplified() -> dict[int, str]:
    """Traditional characters with their simplified ones, as OpenCC has them; one to one, so that places are kept."""
    from opencc import OpenCC

    characters = [chr(p) for low, high in HAN_RANGES for p in range(low, high + 1)]
    characters = [c for c in characters if unicodedata.normalize("NFKC", c) == c and unicodedata.category(c) == "Lo"]
    converted = OpenCC("t2s").convert("\n".join(characters)).split("\n")
    step = {a: b for a, b in zip(characters, converted, strict=True) if a != b and len(b) == 1}
    return {ord(a): step.get(b, b) for a, b in step.items() if step.get(b, b) != a}
