"""Addresses of the web in texts that are compared: an address supports nothing but itself."""

import re

_ADDRESS = re.compile(r"https?://[^\s<>()\[\]{}\"'\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]+", re.IGNORECASE)
_AFTER = ".,;:!?"


def addresses_in(text: str) -> frozenset[str]:
    """The addresses of a text, without the stop or comma that follows."""
    return frozenset(found.rstrip(_AFTER) for found in _ADDRESS.findall(text))


def without_addresses(text: str) -> str:
    """The text without them; what follows one stays. Empty where no letter or digit is left."""
    rest = _ADDRESS.sub(lambda found: found[0][len(found[0].rstrip(_AFTER)) :], text)
    return rest if any(map(str.isalnum, rest)) else ""
