"""Numbers with units from papers, normalised so that they can be compared."""

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from app.answering.verify.lexicon import Unit, lexicon
from kg.documents.chinese_numbers import DIGITS, value_of

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_CHINESE_NUMBER = re.compile(
    r"百分之([零〇一二两三四五六七八九十百千万]{1,20}(?:点[零〇一二两三四五六七八九]{1,20})?|\d++(?:\.\d++)?)"
    r"|([二三四五六七八九十]|(?<!\d)\d*[1-9]\d{0,15})分之([一二两三四五六七八九十]|\d+)"
    r"|(?<![零〇一二两三四五六七八九十百千万亿])([零〇一二两三四五六七八九十百千万亿]{1,20})"
    r"(?=[倍个例只名天周月年岁小分秒次种味首条项])"
)
_NO_UNIT = Unit("", 1.0)
_TOLERANCE = 0.006
"""Share by which two numbers may differ and still be the same."""

_NUMBER = r"[-+−]?\d{1,3}(?:,\d{3}){1,20}(?:\.\d+)?|[-+−]?(?:\d++(?:\.\d++)?|\.\d++)(?:[eE][-+]\d+)?"
_POWER = re.compile(
    r"(?<!\d)(?P<base>"
    + _NUMBER
    + r")\)?\s*(?:[x×·*]|\\times)\s*10\s*(?:\^|\(|\{|\^\{)?\s*(?P<power>[-−+]?\d{1,2})(?!\d)\s*[)}]?"
)
_LETTERS = "A-Za-zµμΩ"
_FURTHER = (
    rf"(?:(?:\s?[/·⋅]\s?|\sper\s)[{_LETTERS}]+(?:-?[1-4](?![\d.]))?)+"
    rf"|(?:(?:\s[{_LETTERS}]{{1,3}}){{0,2}}\s[{_LETTERS}]+-[1-4](?![\d.]))+"
)
"""Further units of a compound one behind the first: m/s, J kg-1 K-1, kg m s-1."""
_UNIT_PART = re.compile(rf"(?P<divided>/|\bper\b)?\s?(?P<name>[{_LETTERS}]+)(?P<power>-?[1-4])?")
_IDENTIFIER = re.compile(r"\b(?:[A-Za-zα-ω]+[-‐]?\d[\w-]*|\d+[A-Za-z]\d[\w]*|\d+[A-Z][A-Za-z]*\b(?<!mM)(?<!nM)(?<!uM))")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in the base unit of its kind; ``kind`` is empty where no unit was told.

    ``lead`` is what a compound unit's first part alone says: of 200 m/s the 200 m, which a text may say with "each
    second" in another place. ``step`` is the worth of one in the last digit written, in the base unit.
    """

    value: float
    kind: str
    text: str
    lead: "Quantity | None" = None
    step: float = 0.0


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
    named = [m.span() for m in _IDENTIFIER.finditer(folded) if re.match(r"[A-Za-zα-ω]", m[0])]
    for match in _quantity_pattern(lexicon().han_units).finditer(folded):
        if any(a <= match.start("value") < b for a, b in named):
            continue
        value = _float(match["value"])
        unit, first = _unit_of(match), _unit(match["unit"] or "")
        before, behind = folded[: match.start()], folded[match.end() :]
        told = (match[0] if unit.kind else match["value"]).strip()
        lead = Quantity(value * first.factor, first.kind, told) if unit != first and unit.kind else None
        measured = Quantity(value * unit.factor, unit.kind, told, lead, _step(match["value"]) * unit.factor)
        found.append((match.start(), Placed(measured, before, behind)))
        if match["spread"]:
            spread = Quantity(_float(match["spread"]) * unit.factor, unit.kind, match["spread"])
            found.append((match.start("spread"), Placed(spread, before, behind)))
    return tuple(placed for _, placed in sorted(found, key=lambda pair: pair[0]))


def same(a: Quantity, b: Quantity) -> bool:
    """Whether two quantities say the same; a missing unit fits any."""
    if a.kind and b.kind and a.kind != b.kind:
        a, b = (a.lead or a, b) if a.lead is not None and b.lead is None else (a, b.lead or b)
        if a.kind != b.kind or (a.lead is not None and b.lead is not None):
            return False
    if a.kind == b.kind:
        return _near(a.value, b.value)
    plain, unit = (a, b) if not a.kind else (b, a)
    if _near(plain.value, unit.value):
        return True
    return any(_near(plain.value, unit.value / u.factor) for u in _all_units() if u.kind == unit.kind)


@lru_cache
def _quantity_pattern(han_units: tuple[str, ...]) -> re.Pattern[str]:
    han = "|".join(map(re.escape, han_units)) or "(?!)"
    return re.compile(
        rf"(?<![A-Za-zα-ω0-9_.])(?P<value>{_NUMBER})(?:\s*±\s*(?P<spread>{_NUMBER})\s*\)?)?"
        rf"(?:\s?-?\s?(?:(?P<unit>v/v ?%|%|per ?cent|[{_LETTERS}]+(?:h2o|H2O|Hg)?|°|{han})"
        rf"(?P<power>-[1-4](?![\d.])|[23](?![\d.{_LETTERS}]))?(?P<further>{_FURTHER})?))?"
    )


def _unit_of(match: re.Match[str]) -> Unit:
    """The unit of a number; a compound one is made of the kinds and factors of its parts, where all are known."""
    first = _unit(match["unit"] or "")
    power = match["power"] or ""
    if not first.kind or not (power or match["further"]):
        return first
    if power and not power.startswith("-") and first.kind != "length":
        return _NO_UNIT
    parts = [(first, int(power or 1))]
    for part in _UNIT_PART.finditer(match["further"] or ""):
        exponent = int(part["power"] or 1)
        parts.append((_unit(part["name"]), -exponent if part["divided"] else exponent))
    if not all(unit.kind for unit, _ in parts):
        return first
    powers: dict[str, int] = {}
    factor = 1.0
    for unit, exponent in parts:
        powers[unit.kind] = powers.get(unit.kind, 0) + exponent
        factor *= unit.factor**exponent
    return Unit(" ".join(f"{kind}^{n}" for kind, n in sorted(powers.items())), factor)


def _all_units() -> list[Unit]:
    return [*lexicon().units.values(), *lexicon().cased_units.values()]


def _near(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=_TOLERANCE, abs_tol=1e-15)


def _step(number: str) -> float:
    decimals = len(number.partition(".")[2]) if "e" not in number.lower() else 12
    return float(10**-decimals)


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
    text = _POWER.sub(_powered, text.replace("+/-", "±").replace("+-", "±"))
    text = re.sub(r"(?<=[\d%])(?<!e)\s*[-–—~～至到]\s*(?=\d)", " ~ ", text)
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
    return float(value_of(whole)) + (float("0." + "".join(str(DIGITS[c]) for c in decimals)) if decimals else 0.0)
