"""What the words of a question point to in the graph: kinds of entity and predicates."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from kg.names.spelling import normalise
from kg.ontology import Ontology
from retrieval.text.words import words

_LATIN = re.compile(r"[a-z]")


@dataclass(frozen=True, slots=True)
class OntologyTerms:
    """Kinds of entity and predicates that the question's own words name, and those words."""

    types: frozenset[str]
    predicates: frozenset[str]
    words: frozenset[str]


class Cues:
    """Words that point to things, kept so that a question is compared only with cues that may stand in it."""

    def __init__(self, cues: Iterable[tuple[str, str]]) -> None:
        self._han: list[tuple[str, str]] = []
        self._latin: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for cue, id_ in cues:
            text = normalise(cue)
            if not _LATIN.search(text):
                self._han.append((text, id_))
            elif wanted := tuple(words(text)):
                self._latin.setdefault(wanted[0], []).append((wanted, id_))

    def found(self, text: str, plain: Collection[str]) -> frozenset[str]:
        """What is pointed to by a text in one spelling or by its search words."""
        by_words = (entry for word in plain for entry in self._latin.get(word, ()))
        return frozenset(
            [id_ for cue, id_ in self._han if cue in text]
            + [id_ for wanted, id_ in by_words if all(w in plain for w in wanted)]
        )


class OntologyCues:
    """By which words a question names the kinds of entity and the predicates of an ontology."""

    def __init__(self, ontology: Ontology) -> None:
        types = ontology.types.items()
        self.types = Cues((cue, id_) for id_, t in types for cue in (t.label.zh, t.label.en, *t.cues) if len(cue) > 1)
        self.predicates = Cues((cue, id_) for id_, p in ontology.predicates.items() for cue in (p.label.zh, p.label.en))


def ontology_terms_of(text: str, named: Sequence[tuple[int, int]], cues: OntologyCues) -> OntologyTerms:
    """Read a question, whose characters in ``named`` are names of entities and say nothing of kinds."""
    rest = normalise(_without(text, named))
    plain = frozenset(words(rest))
    return OntologyTerms(cues.types.found(rest, plain), cues.predicates.found(rest, plain), plain)


def _without(text: str, named: Sequence[tuple[int, int]]) -> str:
    letters = list(text)
    for start, end in named:
        letters[start:end] = " " * (end - start)
    return "".join(letters)
