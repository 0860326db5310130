"""The units and numbers by which questions and sentences are read, from ``lexicon.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

_FILE = Path(__file__).parent / "lexicon.yaml"


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit measures, and its factor to the base unit of that kind."""

    kind: str
    factor: float


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Units by name (lower case, and those that only their case tells apart), and numbers in words."""

    units: Mapping[str, Unit]
    cased_units: Mapping[str, Unit]
    numbers: Mapping[str, float]
    folds: Mapping[str, float]


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon, read once."""
    raw = yaml.safe_load(_FILE.read_text("utf-8"))
    return Lexicon(
        units=_units(raw["units"]),
        cased_units=_units(raw["cased_units"]),
        numbers=raw["numbers"],
        folds=raw["folds"],
    )


def _units(raw: Mapping[str, Mapping[str, float]]) -> dict[str, Unit]:
    return {str(name): Unit(kind, float(factor)) for kind, names in raw.items() for name, factor in names.items()}
