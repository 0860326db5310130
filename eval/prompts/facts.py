"""Which gold facts a text states, by the words it shares with them; a measure without a judge."""

from collections.abc import Sequence
from typing import Protocol

from app.answering.quantities import missing
from kg.documents.language import language_of
from retrieval.glossary import bundled_glossary
from retrieval.words import words

_LEAST = 0.6


class FactMatcher(Protocol):
    """Tells for each fact whether a text states it."""

    def __call__(self, facts: Sequence[str], text: str, *, question: str = "") -> Sequence[bool]:
        """In the order of the facts."""


def facts_found(facts: Sequence[str], text: str, *, question: str = "") -> list[bool]:
    """Found is a fact whose numbers all stand in the text, and at least .6 of the words that it adds to the question.

    A Chinese text is read with the glossary's English words for its terms as well.
    """
    english = bundled_glossary().english(text) if language_of(text) == "zh" else ""
    have = frozenset(words(f"{text} {english}"))
    return [_found(fact, text, have, frozenset(words(question)), question) for fact in facts]


def _found(fact: str, text: str, have: frozenset[str], asked: frozenset[str], question: str) -> bool:
    said = frozenset(words(fact))
    wanted = (said - asked) or said
    return bool(wanted) and not missing(fact, f"{text}\n{question}") and len(wanted & have) >= _LEAST * len(wanted)
