"""The units and numbers by which questions and sentences are read, from ``lexicon.yaml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from app.answering.yaml_model import Model, read_model
from kg.errors import InvalidOntology
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


_Factor = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Units(BaseModel):
    """The file of a subject: kinds of unit, each with its units and their factors."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    units: Mapping[str, Mapping[str, _Factor]] = {}
    cased_units: Mapping[str, Mapping[str, _Factor]] = {}


class _General(_Units):
    """The general file: it holds the numbers in words as well."""

    numbers: Mapping[str, float]
    folds: Mapping[str, float]


def lexicon() -> Lexicon:
    """The lexicon with the units of the subject that is served; raises InvalidOntology."""
    return _lexicon_of(served_folder())


@lru_cache
def _lexicon_of(folder: Path | None) -> Lexicon:
    """A kind of unit in the subject's own ``lexicon.yaml`` takes the place of the general one."""
    general = _read(_FILE, _General)
    own = _Units()
    if folder is not None and (folder / _FILE.name).is_file():
        own = _read(folder / _FILE.name, _Units)
    units = _units({**general.units, **own.units})
    cased = _units({**general.cased_units, **own.cased_units})
    return Lexicon(
        units=units,
        cased_units=cased,
        han_units=tuple(sorted((n for n in (*units, *cased) if not n[0].isascii()), key=lambda n: (-len(n), n))),
        numbers=general.numbers,
        folds=general.folds,
    )


def _read(path: Path, model: type[Model]) -> Model:
    read, problems = read_model(path, model)
    if read is None:
        raise InvalidOntology("units", problems)
    return read


def _units(kinds: Mapping[str, Mapping[str, float]]) -> dict[str, Unit]:
    return {name: Unit(kind, factor) for kind, names in kinds.items() for name, factor in names.items()}
