"""Raised and lowered characters in text without layout."""

import re

_RAISED = str.maketrans("0123456789+-−–=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_AS_IT_IS = re.compile(r"st|nd|rd|th|[^\w\s]*")


def superscript(text: str) -> str:
    """Numbers and signs raised, the ending of an ordinal or a mark as it is, anything else behind ``^``."""
    if re.fullmatch(r"[0-9+\-−–=()n]+", text):
        return text.translate(_RAISED)
    return text if _AS_IT_IS.fullmatch(text) or text.startswith("[") else f"^{text}"


def subscript(text: str, before: str = "", after: str = "") -> str:
    """Plain as in CO2, but lowered where a digit stands before or after it, whose number would be another."""
    touches = (before[-1:].isdigit() and text[:1].isdigit()) or (after[:1].isdigit() and text[-1:].isdigit())
    return text.translate(_LOWERED) if touches else text
