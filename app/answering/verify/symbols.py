"""Symbols of a claim (AQP4, Aβ42, gastrodin inside Chinese) that its evidence does not hold."""

import re

from kg.documents.language import language_of
from retrieval.text.words import latin_words

_SYMBOL = re.compile(r"\b(?=[A-Za-z]*\d)[A-Za-z][A-Za-z0-9-]+\b|\b[A-Z][a-z]*[A-Z][A-Za-z0-9-]*\b")
_LATIN = re.compile(r"[A-Za-z][A-Za-z0-9-]{2,}")
_NUMBERED = re.compile(r"([A-Za-z]+)-?(\d+)")
_CODE = re.compile(r"\b([A-Za-z]++(?:-[A-Za-z]++)*+)(?:-?(\d+))?")
"""Words joined by hyphens, with the number of a code behind them; without it they are passed over at once."""

_ACRONYM = re.compile(r"[A-Z]{2,6}s?")


def absent_symbols(claim: str, evidence: str, *, known: str = "") -> tuple[str, ...]:
    """The symbols that neither the evidence nor ``known``, as a rule the question, holds or spells out."""
    pattern = _LATIN if language_of(claim) == "zh" else _SYMBOL
    text = f"{evidence} {known}"
    held, folded = frozenset(latin_words(text)), _folded(text)
    return tuple(
        name
        for name in dict.fromkeys(pattern.findall(claim))
        if _folded(name) not in folded
        and not frozenset(latin_words(_code(name))) <= held
        and not _spelled_out(_code(name), text)
    )


def renumbered(claim: str, evidence: str, *, known: str = "") -> tuple[tuple[str, str], ...]:
    """Codes of a claim that stand in the evidence with another number only, each with that one: MMP9 for MMP3."""
    codes = _codes(evidence)
    held = {_family(code): code[0] for code in reversed(codes)}
    own = (code for name in absent_symbols(claim, evidence, known=known) for code in _codes(name)[:1])
    numbers = {(_family(code), code[2]) for code in codes}
    return tuple(
        (code.string, held[_family(code)])
        for code in own
        if _family(code) in held and (_family(code), code[2]) not in numbers
    )


def _codes(text: str) -> list[re.Match[str]]:
    return [code for code in _CODE.finditer(text) if code[2]]


def _family(code: re.Match[str]) -> str:
    return _folded(code[1])


def _folded(text: str) -> str:
    return text.lower().replace("-", "")


def _code(name: str) -> str:
    """The parts of a compound that are a code: M1 of M1-rich."""
    return "-".join(part for part in name.split("-") if not part.islower()) or name


def _spelled_out(name: str, text: str) -> bool:
    """Whether neighbouring words begin with the letters of an acronym, or a word of its first letter has its digits."""
    numbered = _NUMBERED.fullmatch(name)
    if numbered and re.search(rf"\b{numbered[1][0]}\w*[\s-]?{numbered[2]}\b", text, re.IGNORECASE):
        return True
    if not _ACRONYM.fullmatch(name):
        return False
    pattern = r"[\s-]+(?:\w{1,3}\s+)?".join(rf"{letter}\w+" for letter in name.rstrip("s"))
    return re.search(rf"\b{pattern}", text, re.IGNORECASE) is not None
