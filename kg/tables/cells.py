"""Functions that read the values of a row from its cells, as a mapping says."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from kg.tables.pairs import split_pairs
from kg.tables.shapes import Keyed, Pairs, Template, Value, When
from kg.tables.table import Columns

Cells = list[str]
_DIGITS = 4000
"""Python reads whole numbers of 4,300 digits at most."""
T = TypeVar("T")


def read_json(text: str) -> object:
    """A value of JSON, numbers that Python would change as their text; raises ValueError."""
    try:
        found = json.loads(text, parse_float=_exact, parse_int=lambda n: int(n) if len(n) <= _DIGITS else n)
        if "\\ud" in text.lower():
            text_of(found).encode()
    except RecursionError:
        raise ValueError("lists or objects of JSON in too many others") from None
    except UnicodeEncodeError:
        raise ValueError("half of a character (a lone surrogate); write whole ones") from None
    return found


def text_of(value: object) -> str:
    """The cell of a value of JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def chosen(table: Columns, value: Value | None) -> Callable[[Cells], str]:
    """Gives a constant, or what the cell of a column stands for; empty without a value."""
    if value is None or value.column is None:
        constant = value.of("") if value else ""
        return lambda row: constant
    (place,) = table.places([value.column])
    return lambda row: value.of(row[place].strip())


def filled(table: Columns, template: Template, *, loosely: bool = False) -> Callable[[Cells], str]:
    """Fills a template; empty where one of its columns is, or, if ``loosely``, where there is nothing to fill in."""
    places = table.places(template.columns)
    if template.plain_column is not None:
        (only,) = places
        return lambda row: row[only].strip()
    first, *parts = template.parts

    def fill(row: Cells) -> str:
        cells = [row[place].strip() for place in places]
        missing = not any((*cells, *template.parts)) if loosely else not all(cells)
        text = "" if missing else first + "".join(cell + part for cell, part in zip(cells, parts, strict=True))
        return text.strip() if loosely else text

    return fill


def keyed(table: Columns, columns: tuple[Keyed, ...] | Pairs) -> Callable[[Cells], dict[str, str]]:
    """Gives the keyed values of a row."""
    if isinstance(columns, Pairs):
        (at,) = table.places([columns.column])
        return lambda row: _keyed_pairs(row[at])
    places = table.places([k.column for k in columns])
    plan = [(place, k.key, k.whole, *condition(table, k.when)) for place, k in zip(places, columns, strict=True)]

    def values(row: Cells) -> dict[str, str]:
        found = {}
        for place, key, whole, decides, allowed in plan:
            if (cell := row[place].strip()) and (decides < 0 or row[decides].strip() in allowed):
                found[key] = cell.removesuffix(".0") if whole else cell
        return found

    return values


def condition(table: Columns, when: When | None) -> tuple[int, frozenset[str]]:
    """The place of the cell that decides, -1 without one, and its values."""
    return (table.places([when.column])[0], when.values) if when else (-1, frozenset())


def side_by_side(a: Mapping[str, str], b: Mapping[str, str]) -> dict[str, str]:
    """Both; different values of one key stand beside each other."""
    joined = dict(a)
    for key, value in b.items():
        have = joined.get(key)
        if have is None:
            joined[key] = value
        elif value not in have.split("; "):
            joined[key] = f"{have}; {value}"
    return joined


def objects(cell: str, what: str, fields: Sequence[str]) -> list[dict[str, str]]:
    """A cell that holds a JSON list of objects with these fields of text; raises ValueError for another."""
    found = read_json(cell)
    if not isinstance(found, list) or not all(
        isinstance(one, dict) and all(isinstance(one.get(name), str) for name in fields) for one in found
    ):
        raise ValueError(f"{what} must be a list of objects with {' and '.join(map(repr, fields))}")
    return found


def _exact(text: str) -> float | str:
    number = float(text)
    return number if repr(number) == text else text


def _keyed_pairs(cell: str) -> dict[str, str]:
    """The pairs of a cell, written as ``key=value | ...`` or as a JSON object."""
    if not cell.startswith("{"):
        return dict(split_pairs(cell))
    found = read_json(cell)
    return {k: text_of(v) for k, v in found.items() if v is not None} if isinstance(found, dict) else {}
