"""Numbers with units as they stand in papers, brought to one form so that they can be compared."""

import re
import unicodedata
from dataclasses import dataclass

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_CHINESE_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_CHINESE_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_CHINESE_NUMBER = re.compile(
    r"百分之([零〇一二两三四五六七八九十百千万点]+|\d+(?:\.\d+)?)|([零〇一二两三四五六七八九十百千万亿]+)(?=[倍个例只名天周月年岁小分秒次种味首条项])"
)
_ENGLISH_NUMBERS = {
    w: n
    for n, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
}
_ENGLISH_FOLDS = {
    "twofold": 2,
    "threefold": 3,
    "fourfold": 4,
    "fivefold": 5,
    "sixfold": 6,
    "sevenfold": 7,
    "tenfold": 10,
}
_FRACTIONS = {
    "half": 0.5,
    "one-third": 1 / 3,
    "two-thirds": 2 / 3,
    "one-fifth": 0.2,
    "two-fifths": 0.4,
    "one-quarter": 0.25,
}

_UNITS: dict[str, tuple[str, float]] = {
    "%": ("share", 0.01), "percent": ("share", 0.01), "per cent": ("share", 0.01), "v/v%": ("share", 0.01),
    "m": ("length", 1.0), "cm": ("length", 1e-2), "mm": ("length", 1e-3), "um": ("length", 1e-6), "nm": ("length", 1e-9),
    "micrometer": ("length", 1e-6), "micron": ("length", 1e-6), "nanometer": ("length", 1e-9),
    "millimeter": ("length", 1e-3), "centimeter": ("length", 1e-2), "微米": ("length", 1e-6), "纳米": ("length", 1e-9),
    "毫米": ("length", 1e-3), "厘米": ("length", 1e-2), "bp": ("basepair", 1.0), "kb": ("basepair", 1e3),
    "s": ("time", 1.0), "sec": ("time", 1.0), "second": ("time", 1.0), "ms": ("time", 1e-3), "millisecond": ("time", 1e-3),
    "min": ("time", 60.0), "minute": ("time", 60.0), "h": ("time", 3600.0), "hr": ("time", 3600.0),
    "hour": ("time", 3600.0), "d": ("time", 86400.0), "day": ("time", 86400.0), "week": ("time", 604800.0),
    "month": ("time", 2629746.0), "year": ("time", 31556952.0), "秒": ("time", 1.0), "分钟": ("time", 60.0),
    "小时": ("time", 3600.0), "天": ("time", 86400.0), "日": ("time", 86400.0), "周": ("time", 604800.0),
    "个月": ("time", 2629746.0), "月": ("time", 2629746.0), "年": ("time", 31556952.0), "岁": ("time", 31556952.0),
    "kg": ("mass", 1e3), "g": ("mass", 1.0), "mg": ("mass", 1e-3), "ug": ("mass", 1e-6), "ng": ("mass", 1e-9),
    "gram": ("mass", 1.0), "克": ("mass", 1.0), "毫克": ("mass", 1e-3), "微克": ("mass", 1e-6),
    "l": ("volume", 1.0), "ml": ("volume", 1e-3), "ul": ("volume", 1e-6), "nl": ("volume", 1e-9),
    "microliter": ("volume", 1e-6), "microl": ("volume", 1e-6), "milliliter": ("volume", 1e-3), "毫升": ("volume", 1e-3), "微升": ("volume", 1e-6),
    "mol": ("amount", 1.0), "mmol": ("amount", 1e-3), "umol": ("amount", 1e-6), "nmol": ("amount", 1e-9),
    "毫摩尔": ("amount", 1e-3), "molar": ("concentration", 1.0), "mm_": ("concentration", 1e-3),
    "mmhg": ("pressure", 133.322), "cmh2o": ("pressure", 98.0665), "pa": ("pressure", 1.0), "kpa": ("pressure", 1e3),
    "hz": ("frequency", 1.0), "khz": ("frequency", 1e3), "mhz": ("frequency", 1e6), "kda": ("molecular mass", 1e3),
    "da": ("molecular mass", 1.0), "iu": ("activity", 1.0), "u": ("activity", 1.0), "v": ("voltage", 1.0),
    "mv": ("voltage", 1e-3), "ma": ("current", 1e-3), "tesla": ("field", 1.0), "t": ("field", 1.0),
    "fold": ("ratio", 1.0), "times": ("ratio", 1.0), "倍": ("ratio", 1.0), "例": ("count", 1.0), "只": ("count", 1.0),
    "名": ("count", 1.0), "patients": ("count", 1.0), "cases": ("count", 1.0), "mice": ("count", 1.0), "rats": ("count", 1.0),
}  # fmt: skip
_CASED = {
    "mM": ("concentration", 1e-3),
    "µM": ("concentration", 1e-6),
    "uM": ("concentration", 1e-6),
    "nM": ("concentration", 1e-9),
    "M": ("concentration", 1.0),
}

_NUMBER = r"[-+−]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[-+−]?\d*\.?\d+(?:[eE][-+]\d+)?"
_POWER = re.compile(
    r"(?P<base>" + _NUMBER + r")\s*(?:[x×·*]|\\times)\s*10\s*(?:\^|\(|\{|\^\{)?\s*(?P<power>[-−+]?\d{1,2})\s*[)}]?"
)
_QUANTITY = re.compile(
    r"(?<![A-Za-z0-9_.])(?P<value>" + _NUMBER + r")(?:\s*(?:±|\+/-|\+-)\s*(?P<spread>" + _NUMBER + r"))?"
    r"(?:\s?-?\s?(?P<unit>v/v ?%|%|per ?cent|[A-Za-zµμ]+(?:h2o|H2O|Hg)?|个月|分钟|小时|微米|纳米|毫米|厘米|毫克|微克|毫升|微升|毫摩尔|[秒天日周月年岁克倍例只名]))?"
)
_IDENTIFIER = re.compile(r"\b(?:[A-Za-z]+[-‐]?\d[\w-]*|\d+[A-Za-z]\d[\w]*|\d+[A-Z][A-Za-z]*\b(?<!mM)(?<!nM)(?<!uM))")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in the base unit of its kind; ``kind`` is empty where no unit was told."""

    value: float
    kind: str
    text: str


def quantities(text: str) -> tuple[Quantity, ...]:
    """The quantities in a text, in order; digits inside names (AQP4, 7T, PM-12) are not quantities."""
    found: list[tuple[int, Quantity]] = []
    folded = _fold(text)

    named = [m.span() for m in _IDENTIFIER.finditer(folded) if re.match(r"[A-Za-z]", m[0])]
    for match in _QUANTITY.finditer(folded):
        if any(a <= match.start("value") < b for a, b in named):
            continue
        value = _float(match["value"])
        kind, scale = _unit(match["unit"] or "")
        found.append((match.start(), Quantity(value * scale, kind, match[0].strip())))
        if match["spread"]:
            found.append((match.start("spread"), Quantity(_float(match["spread"]) * scale, kind, match["spread"])))
    return tuple(q for _, q in sorted(found, key=lambda pair: pair[0]))


def same(a: Quantity, b: Quantity, *, tolerance: float = 0.006) -> bool:
    """Whether two quantities say the same; a missing unit fits any."""
    if a.kind and b.kind and a.kind != b.kind:
        return False
    if a.kind == b.kind:
        return _near(a.value, b.value, tolerance)
    plain, unit = (a, b) if not a.kind else (b, a)
    if _near(plain.value, unit.value, tolerance):
        return True
    return any(_near(plain.value, unit.value / scale, tolerance) for kind, scale in _all_units() if kind == unit.kind)


def missing(claimed: str, evidence: str) -> tuple[str, ...]:
    """Quantities of the claim that the evidence does not hold, as written."""
    known = quantities(evidence)
    return tuple(q.text for q in quantities(claimed) if not any(same(q, k) for k in known))


def kinds_with_numbers(text: str) -> frozenset[str]:
    """Kinds of unit in the text; ``number`` stands for bare numbers."""
    return frozenset(q.kind or "number" for q in quantities(text))


def unit_kind(unit: str) -> str:
    """The kind of a unit's name, or nothing."""
    return _unit(unit)[0]


def _all_units() -> list[tuple[str, float]]:
    return [*_UNITS.values(), *_CASED.values()]


def _near(a: float, b: float, tolerance: float) -> bool:
    return abs(a - b) <= tolerance * max(abs(a), abs(b)) or abs(a - b) < 1e-15


def _float(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-").replace("+", ""))


def _unit(name: str) -> tuple[str, float]:
    if name in _CASED:
        return _CASED[name]
    lowered = name.replace("µ", "u").replace("μ", "u").lower().replace(" ", "")
    if lowered == "percent":
        return _UNITS["%"]
    for form in (
        lowered,
        lowered.removesuffix("s"),
        lowered.removesuffix("es"),
        lowered.replace("metre", "meter").removesuffix("s"),
        lowered.replace("litre", "liter").removesuffix("s"),
    ):
        if form in _UNITS:
            return _UNITS[form]
    return "", 1.0


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFKC", text.translate(_SUPERSCRIPTS).replace("µ", "u").replace("μ", "u"))
    text = _POWER.sub(_powered, text)
    text = re.sub(r"(?<=\d)(?<!e)\s*[-–—~～至到]\s*(?=\d)", " ~ ", text)
    text = _CHINESE_NUMBER.sub(_from_chinese, text)
    return re.sub(r"\b([A-Za-z]+(?:-[A-Za-z]+)?)\b", lambda m: _from_english(m[0]), text)


def _powered(match: re.Match[str]) -> str:
    return f" {_float(match['base']) * 10 ** int(match['power'].replace('−', '-')):.12g}"


def _from_english(word: str) -> str:
    lowered = word.lower()
    if lowered in _ENGLISH_FOLDS:
        return f"{_ENGLISH_FOLDS[lowered]} fold"
    if lowered in _FRACTIONS and lowered != "half":
        return f"{_FRACTIONS[lowered]:.12g}"
    if lowered in _ENGLISH_NUMBERS and lowered != "one":
        return str(_ENGLISH_NUMBERS[lowered])
    return word


def _from_chinese(match: re.Match[str]) -> str:
    share = match[1]
    if share:
        return f"{share}%" if share[0].isdigit() else f"{_chinese_value(share):g}%"
    return f"{_chinese_value(match[2]):g}"


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
