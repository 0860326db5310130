"""Comparing formulas in LaTeX by what they show."""

import re

_DELIMITED = (
    re.compile(r"\\\((.+?)\\\)", re.DOTALL),
    re.compile(r"\\\[(.+?)\\\]", re.DOTALL),
    re.compile(r"\$\$(.+?)\$\$", re.DOTALL),
    re.compile(r"\$(.+?)\$", re.DOTALL),
)
_TOKEN = re.compile(r"\\[a-zA-Z]+|\\.|[^\s]")
_SPACING = frozenset(
    {r"\,", r"\;", r"\:", r"\!", r"\ ", r"\quad", r"\qquad", r"\left", r"\right", r"\limits", r"\displaystyle"}
)
_SAME = {
    r"\le": r"\leq",
    r"\ge": r"\geq",
    r"\ne": r"\neq",
    r"\to": r"\rightarrow",
    r"\lbrace": r"\{",
    r"\rbrace": r"\}",
    r"\dfrac": r"\frac",
    r"\tfrac": r"\frac",
    r"\rm": r"\mathrm",
    r"\bf": r"\mathbf",
    "′": r"\prime",
    "−": "-",
}


def formulas_in(markdown: str) -> list[str]:
    """The formulas between delimiters; those of one kind are taken out before the next kind is looked for."""
    found: list[str] = []
    for pattern in _DELIMITED:
        found.extend(formula.strip() for formula in pattern.findall(markdown))
        markdown = pattern.sub("", markdown)
    return found


def shows(formula: str, wanted: str) -> bool:
    """Whether all that is wanted is shown by the formula, in its order and at its places.

    The benchmark renders both and looks for the wanted one inside the other; here the signs themselves are compared,
    less their spacing and needless braces, which is stricter.
    """
    return _signs(wanted) in _signs(formula)


def _signs(formula: str) -> str:
    tokens = [_SAME.get(token, token) for token in _TOKEN.findall(formula) if token not in _SPACING]
    text = "\x1f".join(tokens)
    previous = None
    while previous != text:
        previous = text
        text = re.sub(r"(?<=[_^])\x1f\{\x1f([^\x1f{}])\x1f\}", "\x1f\\1", text)
    return text
