"""Where a question names kinds of thing: what it asks for, what a name is, what lies between."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.names.spelling import normalise
from kg.names.variants import plural
from kg.ontology import Ontology
from retrieval.graph_qa.intent_patterns import ASKS, NAME_FIRST, NAME_LAST
from retrieval.text.words import words

_HEAD_ENDS = re.compile(r"\s*(?:名称|清单|列表)?\s*(?:有|是|为|包括|分别|一?共|总[共数]|数量|都|的?个数|[??:。,，]|$)")
_BEHIND_OF = re.compile(r"[的之]\s*(?:所有|全部|共有|共同|相同)?\s*$")
_CLASSIFIER = re.compile(
    r"^(?:[一二两三四五六七八九十几些个种味首条类项位篇]|不同|相同|共同|共有|其他|其它|的|主要|直接|中药?|古?\s)*$"
)
_FEW_WORDS = re.compile(
    r"^(?:[\s'-]|of|the|are|is|do|different|distinct|common|shared|other|human|chinese|traditional|tcm|unique|medicinal"
    r"|herbal|chemical|all|single|both|any|more|fewer|directly|in|terms?|one|two|three|four|five|\d+)*$"
)
_SINGLE_ENDS = rf"(?=[含有中里都均同是的用出属由在,.?与和治包共\s{NAME_FIRST}-{NAME_LAST}]|$)"
"""What follows a kind's name of one character, which else is part of a word: 方 in 方法, 证 in 证明."""
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

    def __init__(self, ontology: Ontology) -> None:
        types: dict[str, set[str]] = {}
        for type_ in ontology.types.values():
            for word in (type_.label.zh, type_.label.en, *type_.nouns):
                for form in _forms(normalise(word)):
                    types.setdefault(form, set()).add(type_.id)
        longest_first = sorted(types, key=lambda w: (-len(w), w))
        latin = "|".join(re.escape(w) for w in longest_first if w.isascii()) or r"(?!)"
        han = "|".join(_han_pattern(w) for w in longest_first if not w.isascii()) or r"(?!)"
        self._pattern = re.compile(rf"\b(?:{latin})\b|{han}")
        self._types = {word: frozenset(of) for word, of in types.items()}
        self.words = frozenset(w for word in types for w in words(word))

    def find(self, text: str) -> tuple[Noun, ...]:
        """Kinds named in a read question, in order; asked 0 (no sign) to 4 (right behind a question word)."""
        asks = [m.span() for m in ASKS.finditer(text)]
        return tuple(
            Noun(*m.span(), self._types[m[0]], _asked(text, *m.span(), asks)) for m in self._pattern.finditer(text)
        )


def beside_name(text: str, noun: Noun) -> int | None:
    """The number of the name that the noun stands beside: 方剂X, the herb X, X gene."""
    after = _NAME_AFTER.match(text, noun.end)
    if after:
        return ord(after[1]) - ord(NAME_FIRST)
    before = _NAME_BEFORE.search(text[: noun.start])
    return ord(before[1]) - ord(NAME_FIRST) if before and noun.asked < _CLEARLY else None


def _asked(text: str, start: int, end: int, asks: Sequence[tuple[int, int]]) -> int:
    for _, asked_end in reversed(asks):
        between = text[asked_end:start]
        if asked_end <= start and len(between) <= _NEAR and not _has_name(between):
            if _CLASSIFIER.match(between) or _FEW_WORDS.match(between):
                return 4
            return 2
    if any(a < end and start < e for a, e in asks):
        return 4
    if _HEAD_ENDS.match(text[end:]) and _BEHIND_OF.search(text[:start]):
        return 3
    return 1 if _HEAD_ENDS.match(text[end:]) else 0


def _has_name(text: str) -> bool:
    return any(NAME_FIRST <= c <= NAME_LAST for c in text)


def _han_pattern(word: str) -> str:
    return re.escape(word) + (_SINGLE_ENDS if len(word) == 1 else "")


def _forms(word: str) -> tuple[str, ...]:
    return (word, plural(word)) if word.isascii() and (not word.endswith("s") or word.endswith("ss")) else (word,)
