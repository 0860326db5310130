"""Reading the answer out of a reply: strictly, in the form asked for, or flexibly, wherever it may stand.

Chinese numbers are read here, not by the product's code: no measure is made of what it measures.
"""

import re
import unicodedata
from decimal import Decimal

_MINUS = "−‐‑–—－"
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.])(?P<sign>-(?=\S))?(?:[$€£¥]\s?)?(?P<inner>-)?"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?P<times>[万亿]|千(?![克米瓦卡焦赫]))?"
)
_MONEY_BEHIND_WORD = re.compile(r"(?<=[A-Za-z])(?=[$€£¥])")
_HAN_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_HAN_NUMBER = re.compile(
    r"(?P<sign>负)?(?P<whole>[零〇一二两三四五六七八九十百千万亿]+)(?:点(?P<part>[零〇一二三四五六七八九]+))?"
)
_WRAPPING = re.compile(r"[*_`]|\\boxed|[{}]|\\(?=[$%])")


def strict_number(text: str, marker: str) -> Decimal | None:
    """The number behind the last marker at the start of a line, where that line holds no other number."""
    last: Decimal | None = None
    for line in text.splitlines():
        plain = _WRAPPING.sub("", line).strip()
        if not plain.startswith(marker):
            continue
        found = numbers(plain.removeprefix(marker))
        last = found[0] if len(found) == 1 else None
    return last


def flexible_number(text: str) -> Decimal | None:
    """The last number of the text; one in Chinese numerals where there are no others."""
    found = numbers(text)
    return found[-1] if found else None


def strict_line(text: str, marker: str) -> str:
    """What follows the last marker at the start of a line, to the end of its paragraph; empty without a marker."""
    opening = re.compile(
        rf"^[ \t*_>#-]*{re.escape(marker.rstrip(':：'))}\s*[*_]*[:：][*_]*[ \t]*", re.MULTILINE | re.IGNORECASE
    )
    ends = [match.end() for match in opening.finditer(text)]
    return text[ends[-1] :].split("\n\n")[0].strip() if ends else ""


def numbers(text: str) -> tuple[Decimal, ...]:
    """All numbers in order, with signs, separators, currency signs, 万 and 亿; digits behind letters are none."""
    folded = unicodedata.normalize("NFKC", text)
    folded = _MONEY_BEHIND_WORD.sub(" ", folded.translate({ord(c): "-" for c in _MINUS}))
    found = [_value(m, folded) for m in _NUMBER.finditer(folded)]
    return tuple(found) if found else tuple(_han_value(m) for m in _HAN_NUMBER.finditer(folded))


def _value(match: re.Match[str], text: str) -> Decimal:
    value = Decimal(match["digits"].replace(",", ""))
    if match["times"]:
        value *= _HAN_UNITS[match["times"]]
    negative = match["inner"] or (match["sign"] and _is_sign(match.start(), text))
    return -value if negative else value


def _is_sign(at: int, text: str) -> bool:
    """A minus is a sign where nothing stands before it from which could be subtracted."""
    before = text[:at].rstrip()
    return not before or not (before[-1].isdigit() or before[-1] in ")%")


def _han_value(match: re.Match[str]) -> Decimal:
    total = section = digit = 0
    whole = match["whole"]
    if all(c in _HAN_DIGITS for c in whole):
        total = int("".join(str(_HAN_DIGITS[c]) for c in whole))
    else:
        for character in whole:
            if character in _HAN_DIGITS:
                digit = _HAN_DIGITS[character]
            elif _HAN_UNITS[character] >= 10_000:
                total, section, digit = (total + section + digit) * _HAN_UNITS[character], 0, 0
            else:
                section, digit = section + (digit or 1) * _HAN_UNITS[character], 0
        total += section + digit
    part = "".join(str(_HAN_DIGITS[c]) for c in match["part"] or "")
    value = Decimal(f"{total}.{part}") if part else Decimal(total)
    return -value if match["sign"] else value
