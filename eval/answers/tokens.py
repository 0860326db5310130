"""The tokens under which texts are compared, however they are spelled.

Width, case, traditional characters, accents, Greek letters and number formats are made equal; Chinese goes by
character.
"""

import re
import unicodedata
from collections.abc import Sequence

from kg.names.spelling import normalise
from models.han import HAN

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_THOUSANDS = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")
_TOKEN = re.compile(rf"\d+(?:\.\d+)?|[a-z]+|[{HAN}]")
_ARTICLES = frozenset({"a", "an", "the"})


def tokens(text: str) -> list[str]:
    """Latin words, numbers and single Chinese characters, in order."""
    plain = _THOUSANDS.sub("", normalise(text))
    plain = "".join(_GREEK.get(c, c) for c in plain)
    plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return [_number(t) if t[0].isdigit() else t for t in _TOKEN.findall(plain)]


def content_tokens(text: str) -> list[str]:
    """Tokens without English articles, as SQuAD's evaluation has them (Rajpurkar et al., 2016)."""
    return [t for t in tokens(text) if t not in _ARTICLES]


def holds(text: str, form: str) -> bool:
    """Whether a text has this spelling as whole tokens without a gap."""
    wanted, among = content_tokens(form), content_tokens(text)
    size = len(wanted)
    return size > 0 and any(among[at : at + size] == wanted for at in range(len(among) - size + 1))


def holds_all(text: str, groups: Sequence[Sequence[str]]) -> float:
    """1 where the text holds one spelling of every group, as RGB counts accuracy (Chen et al., 2023)."""
    return float(bool(groups) and all(any(holds(text, form) for form in group) for group in groups))


def _number(token: str) -> str:
    whole, point, decimals = token.partition(".")
    decimals = decimals.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{decimals}" if point and decimals else whole
