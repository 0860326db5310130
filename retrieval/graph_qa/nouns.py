"""Where a question names kinds of thing: what it asks for, what a name is, what lies between."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.names.spelling import normalise
from kg.names.variants import plural
from kg.ontology import Ontology
from retrieval.graph_qa.intent_patterns import NAME, NAME_FIRST, NAME_LAST, IntentPatterns
from retrieval.text.words import words

_NAME_AFTER = re.compile(rf"\s*[「《“\"']?([{NAME_FIRST}-{NAME_LAST}])")
_NAME_BEFORE = re.compile(rf"([{NAME_FIRST}-{NAME_LAST}])[」》”\"']?\s*(?:这一?[味种首个]?)?$")
_NEAR = 24
_CLEARLY = 3


@dataclass(frozen=True, slots=True)
class Noun:
    """Characters [start, end) of the read question name kinds of thing; ``asked`` is how likely they are asked for."""

    start: int
    end: int
    types: frozenset[str]
    asked: int


class Nouns:
    """The words of an ontology for its kinds of thing."""

    def __init__(self, ontology: Ontology, intents: IntentPatterns) -> None:
        self._intents = intents
        types: dict[str, set[str]] = {}
        for type_ in ontology.types.values():
            for word in (type_.label.zh, type_.label.en, *type_.nouns):
                for form in _forms(normalise(word)):
                    types.setdefault(form, set()).add(type_.id)
        longest_first = sorted(types, key=lambda w: (-len(w), w))
        latin = "|".join(re.escape(w) for w in longest_first if w.isascii()) or r"(?!)"
        han = "|".join(_han_pattern(w, intents) for w in longest_first if not w.isascii()) or r"(?!)"
        self._pattern = re.compile(rf"\b(?:{latin})\b|{han}")
        self._types = {word: frozenset(of) for word, of in types.items()}
        self.words = frozenset(w for word in types for w in words(word))
        self.labels = tuple(self._types)

    def find(self, text: str) -> tuple[Noun, ...]:
        """Kinds named in a read question, in order; asked 0 (no sign) to 4 (right behind a question word)."""
        asks = [m.span() for m in self._intents.asks.finditer(text)]
        return tuple(
            Noun(*m.span(), self._types[m[0]], _asked(text, *m.span(), asks, self._intents))
            for m in self._pattern.finditer(text)
        )

    def without(self, text: str) -> str:
        """The text with blanks for its kinds."""
        return self._pattern.sub(" ", text)


def beside_name(text: str, noun: Noun) -> int | None:
    """The number of the name that the noun stands beside: 方剂X, the herb X, X gene."""
    after = _NAME_AFTER.match(text, noun.end)
    if after:
        return ord(after[1]) - ord(NAME_FIRST)
    before = _NAME_BEFORE.search(text[: noun.start])
    return ord(before[1]) - ord(NAME_FIRST) if before and noun.asked < _CLEARLY else None


def _asked(text: str, start: int, end: int, asks: Sequence[tuple[int, int]], intents: IntentPatterns) -> int:
    for _, asked_end in reversed(asks):
        between = text[asked_end:start]
        if asked_end <= start and len(between) <= _NEAR and not NAME.search(between):
            return 4 if intents.between.match(between) else 2
    if any(a < end and start < e for a, e in asks):
        return 4
    if not intents.head_ends.match(text[end:]):
        return 0
    return 3 if intents.behind_of.search(text[:start]) else 1


def _han_pattern(word: str, intents: IntentPatterns) -> str:
    """A kind's name; one of a single character needs an end behind it."""
    ends = rf"(?=[,.?\s{intents.behind_short_noun}{NAME_FIRST}-{NAME_LAST}]|$)"
    return re.escape(word) + (ends if len(word) == 1 else "")


def _forms(word: str) -> tuple[str, ...]:
    return (word, plural(word)) if word.isascii() and (not word.endswith("s") or word.endswith("ss")) else (word,)
