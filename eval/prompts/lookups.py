"""Typed look-ups in the knowledge graph: neighbours, what is shared, paths, attributes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from kg.domain import Entity, EntityId, Relation
from kg.names.spelling import normalise
from kg.protocols import Graph
from retrieval.domain import FactEvidence, LinkedEntity
from retrieval.graph_qa.joins import Slot, neighbours, through

_HOMONYMS = 20
_MOST_RELATIONS = 2000
_HOPS = 3
_PATHS = 3


class Kind(StrEnum):
    """What is looked up."""

    NEIGHBOURS = "neighbours"
    SHARED = "shared"
    PATHS = "paths"
    ATTRIBUTES = "attributes"


@dataclass(frozen=True, slots=True)
class Lookup:
    """Things of a type (None: any) at entities, which go by the names that the question gives them."""

    kind: Kind
    entities: tuple[str, ...]
    type: str | None = None

    def line(self) -> str:
        """As a run shows it."""
        asked = f": {self.type}" if self.type else ""
        return f"{self.kind}({', '.join(self.entities)}{asked})"


@dataclass(frozen=True, slots=True)
class Attribute:
    """What is noted of an entity under a key."""

    entity: Entity
    key: str
    value: str


Slots = Mapping[str, Slot]
"""The entities that each name of the question may mean."""


async def slots_of(links: Sequence[LinkedEntity], graph: Graph) -> dict[str, Slot]:
    """Each linked name with all entities of that name and type, since tables hold some things more than once."""
    slots: dict[str, Slot] = {}
    for link in links:
        wanted = normalise(link.surface)
        same = await graph.find(link.surface, type_=link.entity.type, limit=_HOMONYMS)
        named = {e.id for e in same if any(normalise(n.text) == wanted for n in e.names)}
        slots[link.surface] = slots.get(link.surface, frozenset()) | {link.entity.id, *named}
    return slots


async def look_up(lookup: Lookup, slots: Slots, graph: Graph) -> list[FactEvidence | Attribute]:
    """What the graph holds, in the order of ids; nothing where a name is not among the slots."""
    asked = [slots[name] for name in lookup.entities if name in slots]
    if not asked or len(asked) < len(lookup.entities):
        return []
    if lookup.kind is Kind.ATTRIBUTES:
        entities = await graph.entities(sorted({id_ for slot in asked for id_ in slot}))
        return [Attribute(e, key, value) for e in entities for key, value in sorted(e.attributes.items()) if value]
    if lookup.kind is Kind.PATHS:
        return [*await _paths(asked, graph)]
    relations = await graph.relations(sorted({id_ for slot in asked for id_ in slot}), limit=_MOST_RELATIONS)
    if lookup.kind is Kind.SHARED:
        return [*await _facts(through(relations, asked), lookup.type, graph)]
    return [f for slot in asked for f in await _facts(neighbours(relations, slot), lookup.type, graph)]


async def _facts(found: Mapping[EntityId, list[Relation]], type_: str | None, graph: Graph) -> list[FactEvidence]:
    relations = [r for led in found.values() for r in led]
    ends = await _ends(relations, graph)
    wanted = {id_ for id_ in found if id_ in ends and (type_ is None or ends[id_].type == type_)}
    return _evidence([r for id_, led in found.items() if id_ in wanted for r in led], ends)


async def _paths(asked: Sequence[Slot], graph: Graph) -> list[FactEvidence]:
    relations: list[Relation] = []
    for start, end in pairwise(asked):
        first, last = min(start), min(end)
        if first != last:
            relations += [
                r for path in await graph.paths(first, last, max_hops=_HOPS, limit=_PATHS) for r in path.relations
            ]
    return _evidence(relations, await _ends(relations, graph))


async def _ends(relations: Iterable[Relation], graph: Graph) -> dict[EntityId, Entity]:
    ids = sorted({id_ for r in relations for id_ in (r.subject, r.object)})
    return {e.id: e for e in await graph.entities(ids)} if ids else {}


def _evidence(relations: Iterable[Relation], ends: Mapping[EntityId, Entity]) -> list[FactEvidence]:
    once = {r.id: r for r in relations if r.subject in ends and r.object in ends}
    return [FactEvidence(r, ends[r.subject], ends[r.object], 1.0) for r in once.values()]
