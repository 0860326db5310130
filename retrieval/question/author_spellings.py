"""Whether spellings of a name may be of one author: Carare RO, R. O. Carare, Roxana Octavia Carare."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from kg.names.spelling import is_han
from kg.records import record_words

_INITIALS = 3
"""Letters of the longest run of initials."""


@dataclass(frozen=True, slots=True)
class _Author:
    """A name in its parts; ``given`` are given names or their initials in order."""

    surname: tuple[str, ...]
    given: tuple[str, ...]

    def may_be(self, other: "_Author") -> bool:
        """Whether both names may be of one author: one surname, and no given name against another."""
        if self.surname != other.surname or not self.given or not other.given:
            return False
        return all(a in (b, b[0]) or b == a[0] for a, b in zip(self.given, other.given, strict=False))


def with_other_spellings(names: Sequence[str], authors: Sequence[str]) -> tuple[str, ...]:
    """The names with the other spellings among ``authors``; the names alone where those may be of several authors."""
    parts = {name: _parts(name) for name in authors}
    if not names or not all(map(parts.__contains__, names)):
        return tuple(names)
    united = [name for name in authors if name in names or any(parts[name].may_be(parts[n]) for n in names)]
    if all(parts[a].may_be(parts[b]) for a, b in combinations(united, 2)):
        return tuple(united)
    return tuple(names)


def _parts(name: str) -> _Author:
    """The surname stands last, or first where a comma or initials follow it; Chinese names have one spelling."""
    if any(map(is_han, name)):
        return _Author((name,), ())
    before, comma, behind = name.partition(",")
    if comma:
        return _Author(tuple(record_words(before)), _given(behind))
    words = name.replace(".", " ").split()
    initials = len(words)
    while initials and _are_initials(words[initials - 1]):
        initials -= 1
    if 0 < initials < len(words):
        return _Author(tuple(record_words(" ".join(words[:initials]))), _given(" ".join(words[initials:])))
    return _Author(tuple(record_words(words[-1])) if words else (), _given(" ".join(words[:-1])))


def _given(text: str) -> tuple[str, ...]:
    return tuple(
        part
        for word in text.replace(".", " ").split()
        for part in (record_words(" ".join(word)) if _are_initials(word) else record_words(word))
    )


def _are_initials(word: str) -> bool:
    return word.isalpha() and word.isupper() and len(word) <= _INITIALS
