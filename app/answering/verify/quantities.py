"""Numbers with units as they stand in papers, brought to one form so that they can be compared."""

import re
import unicodedata
from dataclasses import dataclass

from app.answering.verify.lexicon import Unit, lexicon

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_CHINESE_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_CHINESE_NUMBER = re.compile(
    r"百分之([零〇一二两三四五六七八九十百千万点]+|\d+(?:\.\d+)?)"
    r"|([二三四五六七八九十]|\d+)分之([一二两三四五六七八九十]|\d+)"
    r"|([零〇一二两三四五六七八九十百千万亿]+)(?=[倍个例只名天周月年岁小分秒次种味首条项])"
)
_NO_UNIT = Unit("", 1.0)
_NUMBER = r"[-+−]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+−]?\d*\.?\d+(?:[eE][-+]\d+)?"
_POWER = re.compile(
    r"(?P<base>" + _NUMBER + r")\s*(?:[x×·*]|\\times)\s*10\s*(?:\^|\(|\{|\^\{)?\s*(?P<power>[-−+]?\d{1,2})\s*[)}]?"
)
_UNIT_NAMES = (
    r"v/v ?%|%|per ?cent|[A-Za-zµμ]+(?:h2o|H2O|Hg)?|个月|分钟|小时|微米|纳米|毫米|厘米|毫克|微克|毫升|微升|毫摩尔"
    r"|[秒天日周月年岁克倍例只名]"
)
_QUANTITY = re.compile(
    r"(?<![A-Za-z0-9_.])(?P<value>" + _NUMBER + r")(?:\s*(?:±|\+/-|\+-)\s*(?P<spread>" + _NUMBER + r"))?"
    r"(?:\s?-?\s?(?P<unit>" + _UNIT_NAMES + r"))?"
)
_IDENTIFIER = re.compile(r"\b(?:[A-Za-z]+[-‐]?\d[\w-]*|\d+[A-Za-z]\d[\w]*|\d+[A-Z][A-Za-z]*\b(?<!mM)(?<!nM)(?<!uM))")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in the base unit of its kind; ``kind`` is empty where no unit was told."""

    value: float
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A quantity with the text before it and behind it, numbers in one form."""

    quantity: Quantity
    before: str
    behind: str


def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities in a text, in order; digits inside names (AQP4, 7T, PM-12) are not quantities."""
    return tuple(placed.quantity for placed in placed_quantities(text))


def placed_quantities(text: str) -> tuple[Placed, ...]:
    """The quantities in a text, each with its surroundings."""
    found: list[tuple[int, Placed]] = []
    folded = _fold(text)
    named = [m.span() for m in _IDENTIFIER.finditer(folded) if re.match(r"[A-Za-z]", m[0])]
    for match in _QUANTITY.finditer(folded):
        if any(a <= match.start("value") < b for a, b in named):
            continue
        value = _float(match["value"])
        unit = _unit(match["unit"] or "")
        before, behind = folded[: match.start()], folded[match.end() :]
        measured = Quantity(value * unit.factor, unit.kind, (match[0] if unit.kind else match["value"]).strip())
        found.append((match.start(), Placed(measured, before, behind)))
        if match["spread"]:
            spread = Quantity(_float(match["spread"]) * unit.factor, unit.kind, match["spread"])
            found.append((match.start("spread"), Placed(spread, before, behind)))
    return tuple(placed for _, placed in sorted(found, key=lambda pair: pair[0]))


def same(a: Quantity, b: Quantity, *, tolerance: float = 0.006) -> bool:
    """Whether two quantities say the same; a missing unit fits any."""
    if a.kind and b.kind and a.kind != b.kind:
        return False
    if a.kind == b.kind:
        return _near(a.value, b.value, tolerance)
    plain, unit = (a, b) if not a.kind else (b, a)
    if _near(plain.value, unit.value, tolerance):
        return True
    return any(_near(plain.value, unit.value / u.factor, tolerance) for u in _all_units() if u.kind == unit.kind)


def missing(claimed: str, evidence: str) -> tuple[str, ...]:
    """Quantities of the claim that the evidence does not hold, as written."""
    known = quantities(evidence)
    return tuple(q.text for q in quantities(claimed) if not any(same(q, k) for k in known))


def kinds_with_numbers(text: str) -> frozenset[str]:
    """Kinds of unit in the text; ``number`` stands for bare numbers."""
    return frozenset(q.kind or "number" for q in quantities(text))


def unit_kind(unit: str) -> str:
    """The kind of a unit's name, or nothing."""
    return _unit(unit).kind


def _all_units() -> list[Unit]:
    return [*lexicon().units.values(), *lexicon().cased_units.values()]


def _near(a: float, b: float, tolerance: float) -> bool:
    return abs(a - b) <= tolerance * max(abs(a), abs(b)) or abs(a - b) < 1e-15


def _float(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-").replace("+", ""))


def _unit(name: str) -> Unit:
    known = lexicon()
    if name in known.cased_units:
        return known.cased_units[name]
    lowered = name.replace("µ", "u").replace("μ", "u").lower().replace(" ", "")
    american = lowered.replace("metre", "meter").replace("litre", "liter")
    for form in (lowered, lowered.removesuffix("s"), lowered.removesuffix("es"), american, american.removesuffix("s")):
        if form in known.units:
            return known.units[form]
    return _NO_UNIT


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.translate(_SUPERSCRIPTS).replace("µ", "u").replace("μ", "u"))
    text = _POWER.sub(_powered, text)
    text = re.sub(r"(?<=\d)(?<!e)\s*[-–—~～至到]\s*(?=\d)", " ~ ", text)
    text = _CHINESE_NUMBER.sub(_from_chinese, text)
    return re.sub(r"\b([A-Za-z]+(?:-[A-Za-z]+)?)\b", lambda m: _from_english(m[0]), text)


def _powered(match: re.Match[str]) -> str:
    return f" {_float(match['base']) * 10 ** int(match['power'].replace('−', '-')):.12g}"


def _from_english(word: str) -> str:
    lowered, known = word.lower(), lexicon()
    if lowered in known.folds:
        return f"{known.folds[lowered]:g} fold"
    return f"{known.numbers[lowered]:.12g}" if lowered in known.numbers else word


def _from_chinese(match: re.Match[str]) -> str:
    share, below, above, whole = match.groups()
    if share:
        return f"{_value(share):g}%"
    if below:
        return f"{_value(above) / _value(below):.12g}"
    return f"{_chinese_value(whole):g}"


def _value(text: str) -> float:
    return float(text) if text[0].isdigit() else _chinese_value(text)


def _chinese_value(text: str) -> float:
    whole, _, decimals = text.partition("点")
    total = section = digit = 0
    for character in whole:
        if character in _CHINESE_DIGITS:
            digit = _CHINESE_DIGITS[character]
        elif _CHINESE_UNITS[character] >= 10_000:
            total, section, digit = (total + section + digit) * _CHINESE_UNITS[character], 0, 0
        else:
            section, digit = section + (digit or 1) * _CHINESE_UNITS[character], 0
    value = float(total + section + digit)
    return value + (float("0." + "".join(str(_CHINESE_DIGITS[c]) for c in decimals)) if decimals else 0.0)
