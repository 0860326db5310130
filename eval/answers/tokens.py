"""The tokens under which texts are compared, however they are spelled.

Width, case, traditional characters, accents, Greek letters and number formats are made equal; Chinese goes by
character.
"""

import re
import unicodedata
from collections.abc import Sequence

from app.answering.verify.quantities import missing, quantities
from kg.names.spelling import normalise

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau", "φ": "phi",
    "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_THOUSANDS = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")
_TOKEN = re.compile(r"\d+(?:\.\d+)?|[a-z]+|[\u3400-\u9fff]")
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
    """Whether a text has this spelling as whole tokens, or the same number with the same unit."""
    wanted = content_tokens(form)
    if wanted and within(wanted, content_tokens(text)):
        return True
    numeric = quantities(form)
    bare = sum(len(q.text) for q in numeric) >= len(form.strip()) - 2
    return bool(numeric) and bare and not missing(form, text)


def within(wanted: Sequence[str], among: Sequence[str]) -> bool:
    """Whether some tokens stand among others without a gap."""
    size = len(wanted)
    return any(list(among[at : at + size]) == list(wanted) for at in range(len(among) - size + 1))


def _number(token: str) -> str:
    whole, point, decimals = token.partition(".")
    decimals = decimals.rstrip("0")
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{decimals}" if point and decimals else whole
