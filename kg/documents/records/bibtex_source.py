"""The source of BibTeX, taken apart into entries in one pass."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_HEAD = r"[^\S\n]*@([A-Za-z]{3,20})\s{0,9}([{(])\s{0,9}"
_KEY = r"([^,{}=\"\s]{0,200})\s{0,9}"
_START = re.compile(rf"(?:^|(?<=[)}}])){_HEAD}", re.MULTILINE)
"""An entry opens a line, or follows another."""
_BOUND = re.compile(rf"^{_HEAD}{_KEY}[,=]", re.MULTILINE)
_KEYED = re.compile(rf"{_KEY},")
_FIELD = re.compile(r"\s{0,199}+(?:,\s{0,199}+)?([A-Za-z][\w-]{0,40})\s{0,99}=\s{0,99}")
_JOINT = re.compile(r"\s{0,99}#\s{0,99}")
_MARK = re.compile(r"\\.|[{}\")]", re.DOTALL)
_BARE = re.compile(r"[\w.:/+-]*")
_LONGEST_STRING = 1_000
"""The longest text that a name stands for: names of names of names would make gigabytes."""
_LONGEST_JOINED = 100_000


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry: the line and the text of its source from its sign to its closing brace, its key and its fields."""

    line: int
    source: str
    key: str
    fields: Mapping[str, str]


def entries(text: str) -> Iterator[Entry]:
    """The entries in order, with the strings that stand before them put in.

    One that does not close costs itself: it ends before the next line that opens an entry.
    """
    bounds = [found.start() for found in _BOUND.finditer(text)]
    told: dict[str, str] = {}
    line, counted, at = 1, 0, 0
    while start := _START.search(text, at):
        after = bisect_right(bounds, start.start())
        limit = bounds[after] if after < len(bounds) else len(text)
        kind, at = start[1].lower(), start.end()
        if kind == "string":
            fields, at = _fields(text, at, limit, told)
            told |= {name: value for name, value in fields.items() if len(value) <= _LONGEST_STRING}
        elif kind in {"comment", "preamble"}:
            at = _end(text, at, limit, start[2])
        elif key := _KEYED.match(text, at, limit):
            fields, at = _fields(text, key.end(), limit, told)
            at = _end(text, at, limit, start[2])
            sign = start.start(1) - 1
            line, counted = line + text.count("\n", counted, sign), sign
            yield Entry(line, text[sign:at].rstrip(), key[1], fields)


def _fields(text: str, at: int, limit: int, told: Mapping[str, str]) -> tuple[dict[str, str], int]:
    """The fields from here on by small names, and where they end."""
    fields: dict[str, str] = {}
    while found := _FIELD.match(text, at, limit):
        value, at = _value(text, found.end(), limit, told)
        fields[found[1].lower()] = " ".join(value.split())
    return fields, at


def _value(text: str, at: int, limit: int, told: Mapping[str, str]) -> tuple[str, int]:
    """The value that begins here, its parts joined, and where it ends."""
    value, at = _part(text, at, limit, told)
    while joint := _JOINT.match(text, at, limit):
        part, at = _part(text, joint.end(), limit, told)
        value += part if len(value) < _LONGEST_JOINED else ""
    return value, at


def _part(text: str, at: int, limit: int, told: Mapping[str, str]) -> tuple[str, int]:
    """What stands in braces or in quotation marks, or a bare number or the name of a string; and where it ends."""
    opening = text[at : min(at + 1, limit)]
    if opening not in {'"', "{"}:
        bare = _BARE.match(text, at, limit)
        name = bare[0] if bare else ""
        return told.get(name.lower(), name), at + len(name)
    depth = 0
    for mark in _MARK.finditer(text, at + (opening == '"'), limit):
        depth += {"{": 1, "}": -1}.get(mark[0], 0)
        if depth == 0 and mark[0] == ('"' if opening == '"' else "}"):
            return text[at + 1 : mark.start()], mark.end()
    return text[at + 1 : limit], limit


def _end(text: str, at: int, limit: int, opening: str) -> int:
    """Where an entry ends whose inside goes on from here."""
    depth = 0
    for mark in _MARK.finditer(text, at, limit):
        depth += {"{": 1, "}": -1}.get(mark[0], 0)
        if depth < 0 or (depth == 0 and mark[0] == ")" and opening == "("):
            return mark.end()
    return limit
