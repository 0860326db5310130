"""Numbers in Chinese characters: 一百零五 for 105."""

SIGNS = "零一二三四五六七八九"
DIGITS = {sign: digit for digit, sign in enumerate(SIGNS)} | {"〇": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}


def value_of(number: str) -> int:
    """The value of a whole number; of digits without a unit between them the last counts. Raises KeyError."""
    total = section = digit = 0
    for sign in number:
        if sign in DIGITS:
            digit = DIGITS[sign]
        elif UNITS[sign] >= 10_000:
            total, section, digit = (total + section + digit) * UNITS[sign], 0, 0
        else:
            section, digit = section + (digit or 1) * UNITS[sign], 0
    return total + section + digit


def written(number: int) -> str:
    """A number from 1 to 9,999 as it is counted, in digits beyond: 十二, 一百零五."""
    if number >= 10_000:
        return str(number)
    text = ""
    for digit, unit in zip(f"{number:04}", ("千", "百", "十", ""), strict=True):
        if digit != "0":
            text += SIGNS[int(digit)] + unit
        elif text and not text.endswith("零"):
            text += "零"
    text = text.rstrip("零")
    return text[1:] if 10 <= number < 20 else text
