"""The keys under which a name is found in folded text, each with how strictly its letters must be written."""

import re
from collections.abc import Iterator
from enum import IntEnum
from functools import cache
from pathlib import Path

from kg.domain import Name
from kg.name_forms import NameForms
from kg.names.folding import fold_name
from kg.names.spelling import is_han
from kg.names.syllables import syllables_of
from models.han import HAN


class Strictness(IntEnum):
    """How a found name must be written to count."""

    FREE = 0
    """in any case"""
    CAPITAL = 1
    """beginning with a capital letter, as symbols of genes do in every species"""
    EXACT = 2
    """exactly as the name is written"""
    ALONE = 3
    """with neither a letter nor a Han character beside it"""
    AS_WRITTEN = 4
    """exactly as the name is written, small letters too, and not behind an apostrophe"""


_LONGEST = 100
_FIRST_WORD = re.compile(r"(\S+) (\S+ .+)")
_SYMBOL = re.compile(r"([a-z]{2,6}) ?(\d{1,2}[a-z]?)")
_LETTER_THEN_NUMBER = re.compile(r"([a-z\u0370-\u03ff]{2,}) (\d{1,3}[a-z]?)")
_HAN_AND_LATIN = re.compile(rf"(?<=[{HAN}])(?=[a-z0-9\u0370-\u03ff])|(?<=[a-z0-9\u0370-\u03ff])(?=[{HAN}])")
_PLURAL_STEM = re.compile(r"(?:[a-z]+ ){0,3}[a-z]{3,}[a-rt-z]")


def keys_of(name: Name, forms: NameForms) -> Iterator[tuple[str, Strictness]]:
    """Folded keys of a name, its own first; none if it is too short or too common to be found in a text.

    ``forms`` are those of the subject.
    """
    key = fold_name(name.text)
    strictness = _strictness(key, name, forms)
    if strictness is None:
        return
    yield key, strictness
    script = name.script
    if script == "symbol":
        if (parts := _SYMBOL.fullmatch(key)) and " " not in key and forms.gene_symbols:
            yield f"{parts[1]} {parts[2]}", Strictness.CAPITAL
        elif parts and " " in key:
            yield parts[1] + parts[2], strictness
    elif script == "pinyin":
        if " " not in key and len(syllables := syllables_of(key)) > 1:
            yield " ".join(syllables), strictness
        elif " " in key and len(joined := key.replace(" ", "")) >= 4 and joined not in common_words():
            yield joined, strictness
    elif script in {"zh", "zh-Hant"}:
        if not key.isalpha() and " " not in key and (spaced := _HAN_AND_LATIN.sub(" ", key)) != key:
            yield spaced, strictness
    elif script == "la":
        if (parts := _FIRST_WORD.fullmatch(key)) and parts[1] in forms.latin_parts:
            yield f"{parts[2]} {parts[1]}", strictness
    elif script == "en":
        if _LETTER_THEN_NUMBER.fullmatch(key):
            yield key.replace(" ", ""), strictness
        elif strictness is Strictness.FREE and len(key) >= 5 and _PLURAL_STEM.fullmatch(key):
            yield plural(key), strictness


def plural(key: str) -> str:
    """The English plural of a noun that does not end in a single s."""
    if key.endswith(("x", "ch", "sh", "z", "ss")):
        return key + "es"
    if key.endswith("y") and key[-2] not in "aeiou":
        return key[:-1] + "ies"
    return key + "s"


def _strictness(key: str, name: Name, forms: NameForms) -> Strictness | None:
    if len(key) < 2:
        if forms.letters and name.script == "symbol" and key.isalpha() and key not in common_words():
            return Strictness.AS_WRITTEN
        return Strictness.ALONE if key and is_han(key) else None
    if not key.isascii():
        return Strictness.FREE if any(c.isalpha() for c in key) else None
    letters = key.isalpha()
    if key.upper() == key or len(key) > _LONGEST:
        return None
    if name.script == "pinyin" and ((" " not in key and len(key) <= 6) or common_words().issuperset(key.split())):
        return None
    if name.script == "symbol":
        if not letters:
            return Strictness.FREE if len(key) >= 3 else Strictness.EXACT
        if not forms.gene_symbols:
            return Strictness.AS_WRITTEN if key not in common_words() else None
        if not name.text.isupper():
            return Strictness.EXACT if name.text[:1].isupper() and key not in common_words() else None
        return Strictness.EXACT if len(key) <= 3 or key in common_words() else Strictness.CAPITAL
    if (letters and len(key) <= 3) or key in common_words():
        return Strictness.EXACT if len(name.text) > 1 and name.text.isupper() else None
    return Strictness.FREE


@cache
def common_words() -> frozenset[str]:
    """English words that are too common to be a name unless written in capitals."""
    return frozenset((Path(__file__).parent / "common_words.txt").read_text(encoding="utf-8").split())
