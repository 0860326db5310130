"""How much of what a question names its evidence holds, and whether that is enough to answer from."""

from collections.abc import Mapping
from dataclasses import dataclass

from kg.documents.language import language_of
from kg.documents.sentences import sentences
from retrieval.domain import EvidencePack, PassageEvidence
from retrieval.question.requests import request_words
from retrieval.text.glossary import bundled_glossary
from retrieval.text.words import latin_words, words

_BEST = 5
_OF_A_SENTENCE, _OF_THE_BEST, _OF_NAMES, _OFFSET = 3.2, 1.8, 4.2, -7.1
"""A logistic regression over questions with their sources and without them (decision 0186)."""

_LEAST = -1.6


@dataclass(frozen=True, slots=True)
class Coverage:
    """Shares from 0 to 1, words weighed by how rare they are: of the best sentence under its title, of the five best
    passages together, and of the names by any passage."""

    sentence: float
    best: float
    names: float

    @property
    def odds(self) -> float:
        """Log odds that the evidence answers."""
        return _OF_A_SENTENCE * self.sentence + _OF_THE_BEST * self.best + _OF_NAMES * self.names + _OFFSET

    @property
    def enough(self) -> bool:
        """Whether it is worth answering from; fewer than one of a hundred questions with their sources lie below."""
        return self.odds >= _LEAST


def coverage_of(question: str, pack: EvidencePack, *, names: float) -> Coverage:
    """What the passages of a pack hold of a question, a Chinese one meeting English passages by the glossary's words;
    ``names`` is the share of its names that were found."""
    asked = {"zh": frozenset(words(question)) - request_words(), "en": _in_english(question) - request_words()}
    if not any(asked.values()):
        return Coverage(1.0, 1.0, names)
    sentence = together = 0.0
    for language, wanted in asked.items():
        passages = [p for p in pack.passages if (language_of(p.passage.text) == "zh") == (language == "zh")]
        sentence = max([sentence, *(_best_sentence(wanted, p, pack.rarity) for p in passages)])
        of_the_best = [p for p in pack.passages[:_BEST] if p in passages]
        held = frozenset(words("\n".join(f"{_head(p)}\n{p.passage.searchable}" for p in of_the_best)))
        together = max(together, _share(wanted, held, pack.rarity))
    return Coverage(sentence, together, names)


def _in_english(question: str) -> frozenset[str]:
    if language_of(question) != "zh":
        return frozenset(words(question))
    return frozenset(words(bundled_glossary().english(question))) | frozenset(latin_words(question))


def _best_sentence(wanted: frozenset[str], found: PassageEvidence, rarity: Mapping[str, float]) -> float:
    head, text = frozenset(words(_head(found))), found.passage.text
    return max((_share(wanted, head | frozenset(words(text[a:b])), rarity) for a, b in sentences(text)), default=0.0)


def _share(wanted: frozenset[str], held: frozenset[str], rarity: Mapping[str, float]) -> float:
    total = sum(rarity.get(w, 1.0) for w in wanted)
    return sum(rarity.get(w, 1.0) for w in wanted & held) / total if total else 0.0


def _head(found: PassageEvidence) -> str:
    """What is known of a passage beside its text: a question may name an author or a year."""
    d = found.document
    return f"{d.title} {' '.join(d.authors)} {d.year or ''}"
