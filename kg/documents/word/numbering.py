"""Numbers that Word counts itself: those of headings, of items of lists, and of rows of tables."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lxml import etree

from kg.documents.chinese_numbers import SIGNS, written
from kg.documents.word.looks import Styles, W, number_in, on, val

_PLACE = re.compile(r"%([1-9])")
_LONGEST_MARK = 100
_MOST_LEVELS = 9
_ROMAN = ((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
          (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))  # fmt: skip
_LATIN = "abcdefghijklmnopqrstuvwxyz"
_RUSSIAN = "абвгдежзиклмнопрстуфхцчшщыэюя"
_FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_SIGNS = {
    "decimalEnclosedCircle": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
    "decimalEnclosedParen": "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
    "decimalEnclosedFullstop": "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
    "ideographEnclosedCircle": "㊀㊁㊂㊃㊄㊅㊆㊇㊈㊉",
    "ideographTraditional": "甲乙丙丁戊己庚辛壬癸",
    "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥",
    "ganada": "가나다라마바사아자차카타파하",
}
"""Formats that have a sign for each of the first numbers; the numbers after them are decimal."""


@dataclass(frozen=True, slots=True)
class _Level:
    """A level of a list; ``restart`` is the depth of levels that begin it anew, None for each one above it."""

    start: int
    format: str
    mark: str
    restart: int | None
    is_legal: bool
    style: str


@dataclass(frozen=True, slots=True)
class _List:
    """A list: its levels, the starts of its own, and the id of the counters that it shares with lists of its kind."""

    counters: str
    levels: Mapping[int, _Level]
    starts: Mapping[int, int]


class Numbering:
    """Counts the numbered paragraphs of a document, which are to be asked for in order."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._lists = _lists(root) if root is not None else {}
        self._counts: dict[str, dict[int, int]] = {}
        self._begun: set[tuple[str, int]] = set()

    def mark(self, paragraph: etree._Element) -> str:
        """The number of the next paragraph as it is shown, such as ``2.1`` or ``(a)``; a bullet is none."""
        name, level = self._place(paragraph)
        numbered = self._lists.get(name)
        if numbered is None or level not in numbered.levels or on(paragraph.find(f"{W}pPr/{W}rPr/{W}vanish")):
            return ""
        counts = self._counts.setdefault(numbered.counters, {})
        if level in numbered.starts and (name, level) not in self._begun:
            counts[level] = numbered.starts[level]
        else:
            counts[level] = counts.get(level, numbered.levels[level].start - 1) + 1
        self._begun.add((name, level))
        for deeper in [one for one in counts if one > level]:
            restart = numbered.levels[deeper].restart if deeper in numbered.levels else None
            if restart is None or level < restart:
                del counts[deeper]
        return _shown(numbered.levels, level, counts)

    def _place(self, paragraph: etree._Element) -> tuple[str, int]:
        """The list of a paragraph, by itself or by its style, and its level."""
        level: str | None = None
        for own, (_, properties) in enumerate(self._styles.properties(paragraph)):
            given = properties.find(f"{W}numPr") if properties is not None else None
            if given is None:
                continue
            level = level or val(given.find(f"{W}ilvl"))
            if name := val(given.find(f"{W}numId")):
                linked = self._level_of_style(paragraph, name) if own and level is None else 0
                return name, number_in(level, 0) if level and level.isdecimal() else linked
        return "", 0

    def _level_of_style(self, paragraph: etree._Element, name: str) -> int:
        levels = self._lists[name].levels if name in self._lists else {}
        by_style = {level.style: depth for depth, level in levels.items() if level.style}
        used = (s.get(f"{W}styleId", "") for s in self._styles.chain(val(paragraph.find(f"{W}pPr/{W}pStyle"))))
        return next((by_style[style] for style in used if style in by_style), 0)


def _lists(root: etree._Element) -> dict[str, _List]:
    """The lists by their ids; one that is kept in a style has the levels of that one."""
    kinds = {kind.get(f"{W}abstractNumId", ""): kind for kind in root.findall(f"{W}abstractNum")}
    in_style = {val(kind.find(f"{W}styleLink")): name for name, kind in kinds.items()}
    levels = {name: _levels(kind) for name, kind in kinds.items()}
    found: dict[str, _List] = {}
    for one in root.findall(f"{W}num"):
        name = val(one.find(f"{W}abstractNumId")) or ""
        link = val(kinds[name].find(f"{W}numStyleLink")) if name in kinds else None
        name = in_style.get(link, name) if link else name
        own: dict[int, _Level] = {}
        starts: dict[int, int] = {}
        for changed in one.findall(f"{W}lvlOverride"):
            own |= _levels(changed)
            depth = number_in(changed.get(f"{W}ilvl"), 0)
            if depth < _MOST_LEVELS and (start := val(changed.find(f"{W}startOverride"))):
                starts[depth] = number_in(start, 1)
        shared = levels.get(name, {})
        found[one.get(f"{W}numId", "")] = _List(name, {**shared, **own} if own else shared, starts)
    return found


def _levels(parent: etree._Element) -> dict[int, _Level]:
    """The levels by their depth; a list has nine."""
    depths = ((number_in(level.get(f"{W}ilvl"), 0), level) for level in parent.findall(f"{W}lvl"))
    return {depth: _level(level) for depth, level in depths if depth < _MOST_LEVELS}


def _level(level: etree._Element) -> _Level:
    restart = val(level.find(f"{W}lvlRestart"))
    return _Level(
        number_in(val(level.find(f"{W}start")), 0),
        val(next(level.iter(f"{W}numFmt"), None)) or "decimal",
        (val(level.find(f"{W}lvlText")) or "")[:_LONGEST_MARK],
        None if restart is None else number_in(restart, 0),
        on(level.find(f"{W}isLgl")),
        val(level.find(f"{W}pStyle")) or "",
    )


def _shown(levels: Mapping[int, _Level], level: int, counts: Mapping[int, int]) -> str:
    if levels[level].format == "bullet":
        return ""

    def counted(place: re.Match[str]) -> str:
        depth = int(place[1]) - 1
        if depth not in levels:
            return ""
        format_ = "decimal" if levels[level].is_legal else levels[depth].format
        return formatted(counts.get(depth, levels[depth].start), format_)

    mark = " ".join(_PLACE.sub(counted, levels[level].mark).split())
    return mark if any(map(str.isalnum, mark)) else ""


def formatted(number: int, format_: str) -> str:
    """A number in one of the formats of Word; decimal in those that are not known here."""
    if format_ == "none":
        return ""
    signs = _SIGNS.get(format_, "")
    if 0 < number <= len(signs):
        return signs[number - 1]
    return _FORMATS[format_](number) if format_ in _FORMATS and number > 0 else str(number)


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN if number < 4000 else ():
        text += letters * (number // value)
        number %= value
    return text or str(number)


def _letters(number: int, letters: str) -> str:
    """``a`` to ``z``, then ``aa`` to ``zz``."""
    times, at = divmod(number - 1, len(letters))
    return letters[at] * (times + 1) if times < len(letters) else str(number)


def _han_digits(number: int) -> str:
    return "".join("〇" if digit == "0" else SIGNS[int(digit)] for digit in str(number))


_FORMATS: Mapping[str, Callable[[int], str]] = {
    "decimalZero": "{:02}".format,
    "decimalFullWidth": lambda number: str(number).translate(_FULL_WIDTH),
    "decimalFullWidth2": lambda number: str(number).translate(_FULL_WIDTH),
    "numberInDash": "- {} -".format,
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "lowerLetter": lambda number: _letters(number, _LATIN),
    "upperLetter": lambda number: _letters(number, _LATIN.upper()),
    "russianLower": lambda number: _letters(number, _RUSSIAN),
    "russianUpper": lambda number: _letters(number, _RUSSIAN.upper()),
    "ideographDigital": _han_digits,
    "taiwaneseDigital": _han_digits,
    "koreanDigital2": _han_digits,
    **dict.fromkeys(
        ("chineseCounting", "chineseCountingThousand", "taiwaneseCounting", "taiwaneseCountingThousand",
         "japaneseCounting"),
        written,
    ),
}  # fmt: skip
