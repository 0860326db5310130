"""The labels and relationship types allowed in a statement: those of the ontology only."""

import re
from collections.abc import Collection, Iterable

from kg.errors import InvalidChange, InvalidOntology

_NAME = re.compile(r"[^\W\d][\w -]{0,99}")
_OWN_LABELS = frozenset(
    {"Entity", "Absent", "Document", "Passage", "Blocks", "RemovedDocument", "RemovedPassage"}
    | {"Ledger", "Unfinished", "Revision", "Change"}
)
_OWN_TYPES = frozenset({"HAS", "MENTIONS", "READ_AS"})


class Vocabulary:
    """Allow-listed names, checked once; a name of the ontology that equals one of ours gets a final ``_``."""

    def __init__(self, types: Collection[str], predicates: Collection[str]) -> None:
        wrong = sorted(name for name in {*types, *predicates} if not _NAME.fullmatch(name))
        if wrong:
            raise InvalidOntology(
                "names that cannot be labels in Neo4j",
                [f"{name!r}: letters, digits, '_', '-' and blanks are allowed, a letter first" for name in wrong],
            )
        self._labels = {t: f"{t}_" if t in _OWN_LABELS else t for t in sorted(types)}
        self._types = {p: f"{p}_" if p in _OWN_TYPES else p for p in sorted(predicates)}

        self._predicates = {t: p for p, t in self._types.items()}

    @property
    def predicates(self) -> tuple[str, ...]:
        """All predicates, sorted."""
        return tuple(self._types)

    @property
    def any_relation(self) -> str:
        """All relationship types, as written between the brackets of a pattern."""
        return self.pattern(self._types)

    def pattern(self, predicates: Iterable[str]) -> str:
        """The relationship types of the known predicates, as written in a pattern."""
        return "|".join(f"`{self._types[p]}`" for p in dict.fromkeys(predicates) if p in self._types)

    def knows(self, predicate: str) -> bool:
        """Whether the predicate is in the list."""
        return predicate in self._types

    def knows_type(self, type_: str) -> bool:
        """Whether the entity type is in the list."""
        return type_ in self._labels

    def predicate(self, type_: str) -> str:
        """The predicate of a relationship type."""
        return self._predicates.get(type_, type_)

    def guesses(self, relation_id: str) -> tuple[str, ...]:
        """The predicates that a relation of this id, ``subject|predicate|object``, can have."""
        return tuple(part for part in dict.fromkeys(relation_id.split("|")[1:-1]) if part in self._types)

    def label(self, type_: str) -> str:
        """The label of an entity type, quoted; raises InvalidChange."""
        if type_ not in self._labels:
            raise InvalidChange("the graph was not changed", [f"no entity type {type_!r} in the ontology"])
        return f"`{self._labels[type_]}`"

    def type_(self, predicate: str) -> str:
        """The relationship type of a predicate, quoted; raises InvalidChange."""
        if predicate not in self._types:
            raise InvalidChange("the graph was not changed", [f"no predicate {predicate!r} in the ontology"])
        return f"`{self._types[predicate]}`"

    @property
    def all_labels(self) -> str:
        """Every label that an entity may have, as written after a node: ``:`A`:`B```."""
        return "".join(f":`{label}`" for label in self._labels.values())
