"""English words for the Chinese terms of a question, so that it finds papers written in English."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from kg.names import normalise

_BUNDLED = Path(__file__).parent / "glossaries" / "biomedicine_zh_en.tsv"


class Glossary:
    """Chinese terms, each with English words for it; found by longest match."""

    def __init__(self, terms: Mapping[str, str]) -> None:
        self._terms = {normalise(zh): en for zh, en in terms.items()}
        self._longest = max((len(zh) for zh in self._terms), default=0)

    def english(self, text: str) -> str:
        """English words for the terms in a text, in its order, each once."""
        return " ".join(dict.fromkeys(self.terms(text).values()))

    def terms(self, text: str) -> dict[str, str]:
        """The terms in a text, normalised, in its order, each with its English words."""
        text = normalise(text)
        found: dict[str, str] = {}
        at = 0
        while at < len(text):
            lengths = range(min(self._longest, len(text) - at), 0, -1)
            length = next((n for n in lengths if text[at : at + n] in self._terms), 0)
            if length:
                found[text[at : at + length]] = self._terms[text[at : at + length]]
            at += length or 1
        return found


@cache
def bundled_glossary() -> Glossary:
    """Neuroscience and medicine: ``glossaries/biomedicine_zh_en.tsv``, one term a line."""
    lines = _BUNDLED.read_text("utf-8").splitlines()[1:]
    return Glossary(dict(line.split("\t", 1) for line in lines if "\t" in line))
