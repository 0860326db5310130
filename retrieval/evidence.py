"""What the graph brings to a question: its facts, and the entities that the question names."""

from dataclasses import dataclass

from kg.domain import Entity, Relation


@dataclass(frozen=True, slots=True)
class FactEvidence:
    """A relation that was found, with its ends.

    An attribute is told in the same form: the predicate is ``attribute:KEY``, the object an entity of type
    ``attribute`` whose name is the value.
    """

    relation: Relation
    subject: Entity
    object: Entity
    score: float


@dataclass(frozen=True, slots=True)
class LinkedEntity:
    """Characters [start, end) of the question name an entity."""

    entity: Entity
    start: int
    end: int
    surface: str
