"""A graph of a few things in memory."""

from collections.abc import Iterable, Sequence

from kg.domain import Entity, EntityId, Name, Relation, relation_id
from kg.protocols import Graph


class SmallGraph:
    """As much of ``Graph`` as plans ask for."""

    def __init__(self, things: Iterable[Entity], relations: Iterable[Relation]) -> None:
        self._things = {e.id: e for e in things}
        self._relations = tuple(relations)
        self.reads = 0

    async def entities(self, ids: Sequence[EntityId]) -> Sequence[Entity]:
        return [self._things[i] for i in ids if i in self._things]

    async def relations(self, ids: Sequence[EntityId], **_: object) -> Sequence[Relation]:
        self.reads += 1
        return [r for r in self._relations if r.subject in ids or r.object in ids]


def small_graph(things: Iterable[Entity], relations: Iterable[Relation]) -> Graph:
    graph: Graph = SmallGraph(things, relations)  # type: ignore[assignment]
    return graph


def thing(name: str, type_: str) -> Entity:
    """An entity whose id is its Chinese name."""
    return Entity(EntityId(name), type_, (Name(name, "zh", True),))


def link(subject: str, predicate: str, object_: str, grade: str | None = None) -> Relation:
    return Relation(
        relation_id(subject, predicate, object_), EntityId(subject), predicate, EntityId(object_), grade=grade
    )
