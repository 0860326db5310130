"""Superscripts in text without layout."""

import re

_RAISED = str.maketrans("0123456789+-−–=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁼⁽⁾ⁿ")


def superscript(text: str) -> str:
    """Numbers and signs raised, a short mark as it is, anything longer behind ``^``."""
    if re.fullmatch(r"[0-9+\-−–=()n]+", text):
        return text.translate(_RAISED)
    return text if len(text) <= 2 else f"^{text}"
