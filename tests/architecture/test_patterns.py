"""No pattern of the product takes more than linear time, whatever a question or a document holds."""

import ast
import importlib
import random
import re
import signal
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from app.answering.verify.lexicon import lexicon
from app.answering.verify.quantities import _quantity_pattern, quantities

_ROOT = Path(__file__).parents[2]
_FLOORS = ("app", "kg", "models", "retrieval")
_LENGTH = 2000
_SHORT, _MIDDLE, _LONG = 1000, 5000, 20_000
_TIMES = 8
"""How many times as long as one of ``_MIDDLE`` a row of ``_LONG`` may take: 4 is linear, 16 quadratic."""

_SURELY_LINEAR_S = 0.02
"""No machine takes the square of ``_LONG`` steps in less."""

_SECONDS = 10
_UNITS = (
    "1",
    "1,",
    "111,",
    "1.",
    "1±",
    "1-",
    " ",
    "\n",
    "\n ",
    "[",
    "![",
    "[a](",
    "(",
    "*a ",
    "**a ",
    "_a ",
    "`",
    "$",
    "\\a{",
    "<a ",
    "| ",
    "a",
    "A",
    "A. ",
    "a b ",
    "IL-",
    "一亿",
    "二十三",
    "的",
    "、",
    "-",
    "=",
    "#",
    "。",
    '"',
    "「",
    "://a.",
    "%",
    "10^",
)

_OPENINGS = ("", ":::", "a", "{", "@a{", "$")
"""What stands before a long gap: the marks after which a pattern allows blanks."""

_PAIRS = ("::", "：：", "||", ",,", "，，", "、、", ";;", "[]", "()", "（）", "{}", "<>", "**", "==", '""', "aa", "11")
"""What stands around a long gap."""

_GAPS = " \n\t\u3000"
_DRAWN = 20
"""Texts that are drawn from each pattern, since only parts of what it reads lead it far before it fails."""

_READINGS = {n: n for n in ("match", "fullmatch", "search", "finditer")} | dict.fromkeys(
    ("sub", "subn", "split", "findall"), "finditer"
)


@dataclass(frozen=True, slots=True)
class _Row:
    unit: str
    head: str = ""
    tail: str = ""

    def of(self, length: int, pattern: re.Pattern[Any]) -> Any:
        text = f"{self.head}{(self.unit * length)[:length]}{self.tail}!"
        return text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text


def test_every_pattern_reads_long_rows_in_linear_time() -> None:
    slow = [
        f"{where}: {pattern.pattern!r}"
        for pattern, (where, readings) in _patterns().items()
        if not _is_linear(pattern, readings)
    ]

    assert slow == []


@pytest.mark.parametrize("slow", ["a[^b]*b", r":\s*([^:]+?)\s*$", r"\d*\.?\d+\s*x", "(?:[zh]?(?:iong|ong|i))+"])
def test_a_pattern_that_takes_longer_would_be_found(slow: str) -> None:
    assert not _is_linear(re.compile(slow), {"fullmatch", "finditer"}, within_s=2)


@pytest.mark.parametrize("unit", ["1", "1.", "1,111", "一亿", "一点", "百分之点", "0分之", "1 x 10", "±1", "a-1 "])
@pytest.mark.parametrize("end", ["", "个", "%", "分之零"])
def test_quantities_of_any_row_are_read(unit: str, end: str) -> None:
    row = (unit * _LENGTH)[:_LENGTH] + end

    assert _ends(lambda: quantities(row))


def _is_linear(pattern: re.Pattern[Any], readings: Iterable[str], *, within_s: float = _SECONDS) -> bool:
    rows = [*_rows(), *_drawn_rows(pattern)]
    return _ends(lambda: all(_grows_linearly(pattern, reading, rows) for reading in sorted(readings)), within_s)


def _grows_linearly(pattern: re.Pattern[Any], reading: str, rows: list[_Row]) -> bool:
    """Whether the rows that take longest take about four times as long at four times the length."""

    def seconds(row: _Row, length: int) -> float:
        text = row.of(length, pattern)
        started = time.thread_time()
        if reading == "finditer":
            for _ in pattern.finditer(text):
                pass
        else:
            getattr(pattern, reading)(text)
        return time.thread_time() - started

    slowest = sorted(rows, key=lambda row: seconds(row, _SHORT))[-5:]
    return all(
        seconds(row, _LONG) < _SURELY_LINEAR_S
        or any(seconds(row, _LONG) < _TIMES * seconds(row, _MIDDLE) for _ in range(3))
        for row in slowest
    )


def _rows() -> Iterator[_Row]:
    yield from map(_Row, _UNITS)
    yield from (_Row(gap, head) for head in _OPENINGS for gap in " \n")
    yield from (_Row(gap, pair[0], pair[1]) for pair in _PAIRS for gap in _GAPS)


def _drawn_rows(pattern: re.Pattern[Any]) -> Iterator[_Row]:
    """Parts of texts that the pattern reads, said again and again, and such texts with one sign many times."""
    source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
    tree = importlib.import_module("re._parser").parse(source, pattern.flags)
    draw = random.Random(0)
    for _ in range(_DRAWN):
        if text := _drawn(tree, draw):
            first, last = sorted(draw.choices(range(len(text)), k=2))
            yield from (_Row(text), _Row(text[first : last + 1]))
            yield from (_Row(text[at], text[:at], text[at + 1 :]) for at in draw.choices(range(len(text)), k=4))


def _drawn(tree: Any, draw: random.Random) -> str:
    """A text that these parts of a pattern read, as a rule."""
    text = ""
    for part, value in tree:
        match str(part):
            case "LITERAL":
                text += chr(value)
            case "IN":
                kind, sign = draw.choice(value)
                text += _sign(kind, sign, draw)
            case "ANY" | "NOT_LITERAL":
                text += draw.choice("a1 -的")
            case "SUBPATTERN":
                text += _drawn(value[3], draw)
            case "ATOMIC_GROUP":
                text += _drawn(value, draw)
            case "BRANCH":
                text += _drawn(draw.choice(value[1]), draw)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, most, repeated = value
                for _ in range(draw.randint(least, min(most, least + 2))):
                    text += _drawn(repeated, draw)
    return text


def _sign(kind: Any, value: Any, draw: random.Random) -> str:
    match str(kind):
        case "LITERAL":
            return chr(value)
        case "RANGE":
            return chr(draw.randint(value[0], min(value[1], value[0] + 25)))
        case _:
            return {"CATEGORY_SPACE": " ", "CATEGORY_DIGIT": "1"}.get(str(value), "a")


def _patterns() -> dict[re.Pattern[Any], tuple[str, set[str]]]:
    """The patterns of modules, their classes and collections, and those written where they are used.

    Each has its module and how it is read: one that only matches at the start need not be fast elsewhere.
    """
    found: dict[re.Pattern[Any], tuple[str, set[str]]] = {}
    sources = {file: file.read_text() for floor in _FLOORS for file in sorted((_ROOT / floor).rglob("*.py"))}
    uses = {file: _uses(ast.parse(source)) for file, source in sources.items()}
    for file, source in sources.items():
        if "import re\n" not in source:
            continue
        module = ".".join(file.relative_to(_ROOT).with_suffix("").parts).removesuffix(".__init__")
        for name, value in vars(importlib.import_module(module)).items():
            used = [uses[file]] if name.startswith("_") else uses.values()
            for pattern in _held(value, module):
                readings = _readings(name, used) if pattern is value else set(_READINGS.values())
                found.setdefault(pattern, (module, set()))[1].update(readings)
        for pattern, reading in _written(ast.parse(source)):
            found.setdefault(pattern, (module, set()))[1].add(reading)
    return {**found, _quantity_pattern(lexicon().han_units): ("quantities", {"finditer"})}


def _uses(tree: ast.Module) -> Mapping[str, set[str]]:
    """The attributes of names that a module asks for; the empty one where a name is passed on."""
    found: dict[str, set[str]] = defaultdict(set)
    told: set[ast.AST] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(name) as owner, attr=attribute):
                told.add(owner)
                found[name].add(attribute)
            case ast.Name(name, ctx=ast.Load()) if node not in told:
                found[name].add("")
    return found


def _readings(name: str, uses: Iterable[Mapping[str, set[str]]]) -> set[str]:
    used = {attribute for use in uses for attribute in use.get(name, ())}
    return set(_READINGS.values()) if "" in used else {_READINGS[a] for a in used if a in _READINGS}


def _held(value: Any, module: str) -> Iterator[re.Pattern[Any]]:
    left, seen = [value], set[int]()
    while left:
        value = left.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if isinstance(value, re.Pattern):
            yield value
        elif isinstance(value, (list, tuple, set, frozenset)):
            left.extend(value)
        elif isinstance(value, dict):
            left.extend([*value, *value.values()])
        elif isinstance(value, type) and value.__module__ == module:
            left.extend(vars(value).values())


def _written(tree: ast.Module) -> Iterator[tuple[re.Pattern[Any], str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name("re"), attr=attribute), args=[ast.Constant(str(pattern)), *_]
            ) if attribute in _READINGS:
                yield re.compile(pattern), _READINGS[attribute]


class _Slow(Exception):
    pass


def _ends(work: Any, within_s: float = _SECONDS) -> bool:
    """Whether the work ends in time, and does not say that it failed."""
    with _processor_time(within_s):
        try:
            return work() is not False
        except _Slow:
            return False


@contextmanager
def _processor_time(seconds: float) -> Iterator[None]:
    def late(_signal: int, _frame: FrameType | None) -> None:
        raise _Slow

    before = signal.signal(signal.SIGVTALRM, late)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
