"""The words and units by which questions and sentences are read, from ``lexicon.yaml``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).parent / "lexicon.yaml"


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit measures, and its factor to the base unit of that kind."""

    kind: str
    factor: float


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Units by name (lower case, and those that only their case tells apart), words, endings, numbers in words."""

    units: Mapping[str, Unit]
    cased_units: Mapping[str, Unit]
    common_words: frozenset[str]
    capitalised: frozenset[str]
    substance: re.Pattern[str]
    condition: re.Pattern[str]
    numbers: Mapping[str, float]
    folds: Mapping[str, float]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon, read once."""
    raw = yaml.safe_load(_FILE.read_text("utf-8"))
    return Lexicon(
        units=_units(raw["units"]),
        cased_units=_units(raw["cased_units"]),
        common_words=frozenset(raw["common_words"].split()),
        capitalised=frozenset(raw["capitalised"].split()),
        substance=re.compile(rf"gado[a-z]{{3,}}|[a-z]{{3,}}(?:{_either(raw['substance_endings'])})", re.IGNORECASE),
        condition=re.compile(rf"[a-z]{{3,}}(?:{_either(raw['condition_endings'])})", re.IGNORECASE),
        numbers=raw["numbers"],
        folds=raw["folds"],
    )


def _units(raw: Mapping[str, Mapping[str, float]]) -> dict[str, Unit]:
    return {str(name): Unit(kind, float(factor)) for kind, names in raw.items() for name, factor in names.items()}


def _either(words: Any) -> str:
    return "|".join(re.escape(w) for w in str(words).split())
