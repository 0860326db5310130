"""Many keyed values in one cell, ``key=value | key=value``; a bar, ``=`` or backslash in them follows a backslash."""

import re
from collections.abc import Iterable

_SPECIAL = re.compile(r"([\\|])")
_SPECIAL_IN_KEY = re.compile(r"([\\|=])")
_PAIR = re.compile(r"((?:[^\\|=]++|\\.)*+)=((?:[^\\|]++|\\.)*+)", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def join_pairs(pairs: Iterable[tuple[str, str]]) -> str:
    """A cell of the pairs."""
    return " | ".join(f"{_SPECIAL_IN_KEY.sub(_escape, k)}={_SPECIAL.sub(_escape, v)}" for k, v in pairs)


def split_pairs(cell: str) -> list[tuple[str, str]]:
    """The pairs of a cell; raises ValueError where it is not written so."""
    pairs: list[tuple[str, str]] = []
    at = 0
    while at < len(cell):
        found = _PAIR.match(cell, at)
        if found is None:
            raise ValueError(f"{cell[at : at + 40]!r} is not key=value")
        at = found.end()
        key, value = found[1], found[2]
        if at < len(cell):
            at += 1
            if value.endswith(" ") and cell[at : at + 1] == " ":
                value, at = value[:-1], at + 1
        pairs.append((_ESCAPED.sub(r"\1", key), _ESCAPED.sub(r"\1", value)))
    return pairs


def _escape(found: re.Match[str]) -> str:
    return "\\" + found[1]
