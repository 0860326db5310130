"""The LaTeX of signs by their places about a line: scripts, limits and fractions."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from kg.domain import Box

BASE, SMALL = 0.12, 0.85
"""Parts of the size of letters: what is off the line by less is on it, and what is smaller is a script."""
_SCRIPT, _OFF = 0.05, 0.3
"""A script is off the line by more, and large letters that are off by more are a fraction."""
_MATHS = {"−": "-", "–": "-", "×": r"\times", "±": r"\pm", "·": r"\cdot"}


@dataclass(frozen=True, slots=True)
class Sign:
    """A character with its box, the height of the line that it stands on, and its size."""

    text: str
    box: Box
    base: float
    size: float
    bold: bool


def latex_of(signs: Sequence[Sign], base: float, size: float) -> str | None:
    """The LaTeX of signs about one line; None where their places are not understood."""
    parts: list[tuple[float, str, str]] = []
    rest = list(signs)
    for left, right in _stacks([s for s in signs if s.size > SMALL * size and abs(s.base - base) > _OFF * size]):
        inside = [s for s in rest if left <= s.box.x0 and s.box.x1 <= right and abs(s.base - base) > BASE * size]
        above, below = (_line([s for s in inside if (s.base > base) is up], size) for up in (True, False))
        if not above or not below:
            return None
        parts.append((left, "", rf"\frac{{{above}}}{{{below}}}"))
        rest = [sign for sign in rest if sign not in inside]
    for sign in rest:
        up, is_large = sign.base - base, sign.size > SMALL * size
        if abs(up) < (BASE if is_large else _SCRIPT) * size:
            parts.append((sign.box.x0, "", _latex_sign(sign)))
        elif is_large:
            return None
        else:
            parts.append((sign.box.x0, "^" if up > 0 else "_", _latex_sign(sign)))
    return _joined(sorted(parts))


def _stacks(signs: Sequence[Sign]) -> list[tuple[float, float]]:
    """From where to where signs stand one above the other, with some space beside them for their scripts."""
    stacks: list[tuple[float, float]] = []
    for sign in sorted(signs, key=lambda one: one.box.x0):
        space = _OFF * sign.size
        if stacks and sign.box.x0 - space < stacks[-1][1]:
            stacks[-1] = (stacks[-1][0], max(stacks[-1][1], sign.box.x1 + space))
        else:
            stacks.append((sign.box.x0, sign.box.x1 + space))
    return stacks


def _line(signs: Sequence[Sign], size: float) -> str | None:
    bases = Counter(sign.base for sign in signs if sign.size > SMALL * size)
    return latex_of(signs, bases.most_common(1)[0][0], size) if bases else None


def _joined(parts: Sequence[tuple[float, str, str]]) -> str | None:
    """Signs and their scripts in a row, the lower script of a sign before the upper one."""
    latex = ""
    scripts = {"_": "", "^": ""}
    for _, place, sign in [*parts, (0.0, "", "")]:
        if place and not latex:
            return None
        if place:
            scripts[place] = _after(scripts[place], sign)
            continue
        latex += "".join(f"{mark}{{{script}}}" for mark, script in scripts.items() if script)
        scripts = {"_": "", "^": ""}
        latex = _after(latex, sign)
    return latex


def _after(latex: str, sign: str) -> str:
    return f"{latex} {sign}" if re.search(r"\\[a-zA-Z]{1,40}\Z", latex) and sign[:1].isalpha() else latex + sign


@cache
def _plain(character: str) -> str:
    from pylatexenc.latexencode import UnicodeToLatexEncoder

    encoder = UnicodeToLatexEncoder(replacement_latex_protection="none", unknown_char_policy="keep")
    return re.sub(r"\\ensuremath\{((?:(?!\\ensuremath).)*)\}", r"\1", encoder.unicode_to_latex(character))


def _latex_sign(sign: Sign) -> str:
    said = _MATHS.get(sign.text) or _plain(sign.text)
    return rf"\mathbf{{{said}}}" if sign.bold and sign.text.isalpha() else said
