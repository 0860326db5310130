"""The study context of a finding: the state, place, phase, dose, species and years that a sentence names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from app.answering.verify.quantities import quantities

_FILE = Path(__file__).parent / "study_context.yaml"
_WORD = re.compile(r"-/-|[A-Za-z]+(?:-[A-Za-z]+)*")
_YEAR = re.compile(r"(?<![\d.])(?:1[89]|20)\d\d(?![\d.]|\s*(?:patients|cases|participants|例|名))")
OF_A_DOSE = frozenset({"time", "mass", "concentration", "frequency", "field"})
"""Kinds of quantity that tell how long or how much, and seldom what was found."""


Values = Mapping[str, frozenset[str]]
_Words = Mapping[str, Mapping[str, str]]
"""By class, the value that each word stands for."""


@dataclass(frozen=True, slots=True)
class StudyContext:
    """The values that a sentence names, by class; years and doses as they stand."""

    strict: Values
    loose: Values
    years: frozenset[str]
    doses: frozenset[tuple[str, float]]

    @property
    def named(self) -> frozenset[tuple[str, str]]:
        """The strict values, each with its class."""
        return frozenset((name, value) for name, values in self.strict.items() for value in values)

    def meets(self, other: "StudyContext") -> bool:
        """Whether both may hold for the same: strict classes and years agree, the others where both are named."""
        if self.years != other.years or self.strict != other.strict:
            return False
        if self.doses and other.doses and not self.doses & other.doses:
            return False
        named = ((mine, other.loose[name]) for name, mine in self.loose.items())
        return all(not mine or not theirs or mine & theirs for mine, theirs in named)


def study_context_of(text: str) -> StudyContext:
    """Read a sentence."""
    strict, loose = _classes()
    found = {w.lower() for w in _WORD.findall(text)}
    found |= {part for word in found for part in word.split("-") if part}
    return StudyContext(
        strict={name: _named(words, found, text) for name, words in strict.items()},
        loose={name: _named(words, found, text) for name, words in loose.items()},
        years=frozenset(_YEAR.findall(text)),
        doses=frozenset((q.kind, round(q.value, 9)) for q in quantities(text) if q.kind in OF_A_DOSE),
    )


@lru_cache(maxsize=1)
def study_context_words() -> frozenset[str]:
    """Every word of every class."""
    return frozenset(word for classes in _classes() for words in classes.values() for word in words)


@dataclass(frozen=True, slots=True)
class PlainWords:
    """Search words of the usual controls, and those that name nothing."""

    controls: frozenset[str]
    general: frozenset[str]


@lru_cache(maxsize=1)
def plain_words() -> PlainWords:
    """Read once."""
    raw = _raw()
    return PlainWords(frozenset(raw["controls"].split()), frozenset(raw["general"].split()))


def _named(words: Mapping[str, str], found: set[str], text: str) -> frozenset[str]:
    return frozenset(value for word, value in words.items() if word in found or (not word.isascii() and word in text))


@lru_cache(maxsize=1)
def _raw() -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load(_FILE.read_text("utf-8"))
    return raw


@lru_cache(maxsize=1)
def _classes() -> tuple[_Words, _Words]:
    raw = _raw()
    return _by_word(raw["strict"]), _by_word(raw["loose"])


def _by_word(classes: Mapping[str, Mapping[str, list[str]]]) -> dict[str, dict[str, str]]:
    return {name: {w: value for value, words in values.items() for w in words} for name, values in classes.items()}
