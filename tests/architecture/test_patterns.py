"""No pattern of the product takes more than quadratic time, whatever a question or a document holds."""

import ast
import importlib
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from app.answering.verify.lexicon import lexicon
from app.answering.verify.quantities import _quantity_pattern, quantities

_ROOT = Path(__file__).parents[2]
_FLOORS = ("app", "kg", "models", "retrieval")
_LENGTH = 2000
_SECONDS = 5
_UNITS = (
    "1",
    "1,",
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
    "://a.",
    "%",
    "10^",
)

_OPENINGS = ("", ":::", "a", "{", "@a{", "$")
"""What stands before a long gap: the marks after which a pattern allows blanks."""


def test_every_pattern_reads_long_rows_of_one_sign_in_bounded_time() -> None:
    slow = [
        f"{where}: {pattern.pattern!r}"
        for pattern, where in _patterns().items()
        if not _ends(lambda pattern=pattern: _read_rows(pattern))
    ]

    assert slow == []


def test_a_cubic_pattern_would_be_found() -> None:
    for cubic in (re.compile(r"\d*\.?\d+\s*x"), re.compile(r":::\s*\w*\s*-*\s*")):
        assert not _ends(lambda cubic=cubic: _read_rows(cubic))


@pytest.mark.parametrize("unit", ["1", "1.", "1,111", "一亿", "一点", "百分之点", "0分之", "1 x 10", "±1", "a-1 "])
@pytest.mark.parametrize("end", ["", "个", "%", "分之零"])
def test_quantities_of_any_row_are_read(unit: str, end: str) -> None:
    row = (unit * _LENGTH)[:_LENGTH] + end

    assert _ends(lambda: quantities(row))


def _read_rows(pattern: re.Pattern[Any]) -> None:
    rows = [(unit * _LENGTH)[:_LENGTH] for unit in _UNITS]
    for row in [*rows, *(opening + gap * _LENGTH for opening in _OPENINGS for gap in " \n")]:
        text: Any = f"{row}!".encode() if isinstance(pattern.pattern, bytes) else f"{row}!"
        pattern.fullmatch(text)
        for _ in pattern.finditer(text):
            pass


def _patterns() -> dict[re.Pattern[Any], str]:
    """The patterns of modules, their classes and collections, and those written where they are used."""
    found: dict[Any, tuple[re.Pattern[Any], str]] = {}
    for floor in _FLOORS:
        for file in sorted((_ROOT / floor).rglob("*.py")):
            source = file.read_text()
            if "import re\n" not in source:
                continue
            name = ".".join(file.relative_to(_ROOT).with_suffix("").parts).removesuffix(".__init__")
            for pattern in [*_held(vars(importlib.import_module(name)), name), *_written(ast.parse(source))]:
                found.setdefault(pattern.pattern, (pattern, name))
    return {**dict(found.values()), _quantity_pattern(lexicon().han_units): "quantities"}


def _held(names: dict[str, Any], module: str) -> Iterator[re.Pattern[Any]]:
    left, seen = list(names.values()), set[int]()
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


def _written(tree: ast.Module) -> Iterator[re.Pattern[Any]]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name("re"), attr=attribute), args=[ast.Constant(str(pattern)), *_]
            ) if attribute != "escape":
                yield re.compile(pattern)


class _Slow(Exception):
    pass


def _ends(work: Any) -> bool:
    with _processor_time(_SECONDS):
        try:
            work()
        except _Slow:
            return False
    return True


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
