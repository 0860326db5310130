"""The words of another program for the types and predicates of the ontology."""

from collections.abc import Collection, Iterable

from kg.exchange.reading import plain
from kg.ontology import Ontology


class Vocabulary:
    """Finds the type of a label and the predicate of a type of edge by their names, whatever their case and marks."""

    def __init__(self, ontology: Ontology) -> None:
        types, predicates = ontology.types.values(), ontology.predicates.values()
        self._types = _known((t.id, (t.id, t.label.en, t.label.zh), t.nouns) for t in types)
        self._predicates = _known((p.id, (p.id, p.label.en, p.label.zh), _ends(p.id)) for p in predicates)

    def type_of(self, label: str) -> str | None:
        """The type of a label."""
        return self._types.get(plain(label))

    def predicate_of(self, type_: str) -> str | None:
        """The predicate of a type of edge."""
        return self._predicates.get(plain(type_))

    def label_of(self, labels: Collection[str]) -> str:
        """The label that says most: the first that is a type, else the first."""
        return next((one for one in labels if self.type_of(one)), next(iter(labels), ""))


def _known(things: Iterable[tuple[str, Collection[str], Collection[str]]]) -> dict[str, str]:
    """Ids by their words; of the further words only those that mean one thing."""
    sure: dict[str, str] = {}
    perhaps: dict[str, set[str]] = {}
    for id_, words, more in things:
        sure.update((plain(word), id_) for word in words if plain(word) not in sure)
        for word in more:
            perhaps.setdefault(plain(word), set()).add(id_)
    return {**{word: next(iter(ids)) for word, ids in perhaps.items() if len(ids) == 1}, **sure}


def _ends(predicate: str) -> list[str]:
    """Its ends of two words or more: ``has_compound`` for ``herb_has_compound``."""
    words = predicate.split("_")
    return ["_".join(words[at:]) for at in range(1, len(words) - 1)]
