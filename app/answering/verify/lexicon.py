"""The units and numbers by which questions and sentences are read, from ``lexicon.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from kg.served_subject import served_folder

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
    han_units: tuple[str, ...]
    numbers: Mapping[str, float]
    folds: Mapping[str, float]


def lexicon() -> Lexicon:
    """The lexicon with the units of the subject that is served."""
    return _lexicon_of(served_folder())


@lru_cache
def _lexicon_of(folder: Path | None) -> Lexicon:
    """A kind of unit in the subject's own ``lexicon.yaml`` takes the place of the general one."""
    raw = yaml.safe_load(_FILE.read_text("utf-8"))
    own: Mapping[str, Any] = {}
    if folder is not None and (folder / _FILE.name).is_file():
        own = yaml.safe_load((folder / _FILE.name).read_text("utf-8"))
    units = _units({**raw["units"], **own.get("units", {})})
    cased = _units({**raw["cased_units"], **own.get("cased_units", {})})
    return Lexicon(
        units=units,
        cased_units=cased,
        han_units=tuple(sorted((n for n in (*units, *cased) if not n[0].isascii()), key=lambda n: (-len(n), n))),
        numbers=raw["numbers"],
        folds=raw["folds"],
    )


def _units(raw: Mapping[str, Mapping[str, float]]) -> dict[str, Unit]:
    return {str(name): Unit(kind, float(factor)) for kind, names in raw.items() for name, factor in names.items()}
