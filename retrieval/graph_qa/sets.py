"""Evaluates expressions for sets of entities through the graph's protocol: the same sets from every store."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from kg.domain import Entity, EntityId, Relation, RelationId
from kg.graph_walk import relations_at
from kg.ontology import Ontology
from kg.protocols import Graph
from retrieval.evidence import FactEvidence
from retrieval.graph_qa.plan import Difference, FirstOf, Having, Intersect, Named, Neighbours, Things, Union

_MOST_RELATIONS = 5000
_MOST_NEAR = 2000

Found = dict[EntityId, tuple[Relation, ...]]
"""Entities with the relations that led to each."""

TypeOf = Callable[[EntityId], str | None]
"""The type of an entity where it is known without asking the store."""


class Sets:
    """The sets of one plan.

    ``known`` holds all relations of the entities that are its keys. ``truncated`` tells that a bound was met: too many
    relations of one entity, too many entities to step from, or no time left.
    """

    def __init__(
        self,
        graph: Graph,
        ontology: Ontology,
        known: Mapping[EntityId, Sequence[Relation]],
        type_of: TypeOf,
        time_s: float,
    ) -> None:
        self._graph = graph
        self._ontology = ontology
        self._known = known
        self._type_of = type_of
        self._until = time.monotonic() + time_s
        self._entities: dict[EntityId, Entity] = {}
        self._walked: dict[Neighbours, Found] = {}
        self.truncated = False

    async def things(self, node: Things) -> Found:
        """The set of an expression."""
        match node:
            case Named():
                return dict.fromkeys(sorted(node.ids), ())
            case Neighbours():
                return await self._typed(await self._reached(node), node.types)
            case Intersect():
                return await self._intersection(node)
            case Union():
                return _merged([await self.things(one) for one in node.of])
            case Difference():
                gone = {id_ for one in node.minus for id_ in await self.things(one)}
                return {id_: led for id_, led in (await self.things(node.of)).items() if id_ not in gone}
            case Having():
                return await self.things(node.of)
            case FirstOf():
                for one in node.of:
                    if found := await self.things(one):
                        return found
                return {}

    async def _intersection(self, node: Intersect) -> Found:
        """Types are read of what is left only, where the sets are neighbours of one type each."""
        found: list[Found] = []
        types: list[frozenset[str]] = []
        for one in node.of:
            if isinstance(one, Neighbours):
                found.append(await self._reached(one))
                types.append(one.types)
            else:
                found.append(await self.things(one))
        shared = set.intersection(*(set(f) for f in found))
        merged = _merged([{id_: f[id_] for id_ in sorted(shared)} for f in found])
        for allowed in dict.fromkeys(types):
            merged = await self._typed(merged, allowed)
        return merged

    async def _reached(self, node: Neighbours) -> Found:
        """Neighbours before their types are read; a step that several expressions share is taken once."""
        if node not in self._walked:
            self._walked[node] = await self._walk(node)
        return self._walked[node]

    async def _walk(self, node: Neighbours) -> Found:
        near = await self.things(node.of)
        ids = list(near)[:_MOST_NEAR]
        self.truncated |= len(ids) < len(near)
        steps = by_near(await self.beside(node, ids), ids, only_outside=isinstance(node.of, Named))
        far: dict[EntityId, dict[RelationId, Relation]] = {}
        for id_ in ids:
            for other, led in steps.get(id_, {}).items():
                far.setdefault(other, {}).update((r.id, r) for r in (*near[id_], *led))
        return {id_: tuple(led.values()) for id_, led in far.items()}

    async def beside(self, node: Neighbours, ids: Sequence[EntityId]) -> list[Relation]:
        """Relations at the ids that the node lets through, those of impossible types left out."""
        if not ids or self.late():
            return []
        kept = {r.id: r for id_ in ids if id_ in self._known for r in self._known[id_]}
        open_ = [id_ for id_ in ids if id_ not in self._known]
        if open_:
            read = await self._graph.relations(open_, predicates=sorted(node.predicates), limit=_MOST_RELATIONS)
            counts = relations_at(read, open_)
            self.truncated |= any(len(at) >= _MOST_RELATIONS for at in counts.values())
            kept.update((r.id, r) for r in read)
        inside = set(ids)
        return [r for r in kept.values() if self._lets(node, r, inside)]

    def _lets(self, node: Neighbours, relation: Relation, inside: Collection[EntityId]) -> bool:
        predicate = self._ontology.predicates.get(relation.predicate)
        if node.predicates and relation.predicate not in node.predicates:
            return False
        if node.polarity is not None and relation.polarity is not node.polarity:
            return False
        if node.grades and relation.grade not in node.grades:
            return False
        if node.direction != "both" and not (predicate and predicate.symmetric):
            near = relation.subject if node.direction == "out" else relation.object
            if near not in inside:
                return False
        if not node.types or predicate is None:
            return True
        return bool(predicate.range & node.types and relation.subject in inside) or bool(
            predicate.domain & node.types and relation.object in inside
        )

    async def _typed(self, found: Found, types: frozenset[str]) -> Found:
        if not types:
            return found
        unknown = [id_ for id_, led in found.items() if self._type(id_, led) is None]
        entities = await self.read(unknown) if unknown else {}
        kept: Found = {}
        for id_, led in found.items():
            type_ = self._type(id_, led) or (entities[id_].type if id_ in entities else None)
            if type_ in types:
                kept[id_] = led
        return kept

    def _type(self, id_: EntityId, led: Sequence[Relation]) -> str | None:
        """The type as far as what is read, or a predicate of one type only, tells it."""
        if id_ in self._entities:
            return self._entities[id_].type
        for relation in led:
            predicate = self._ontology.predicates.get(relation.predicate)
            if predicate is not None and id_ in (relation.subject, relation.object):
                ends = predicate.domain if relation.subject == id_ else predicate.range
                if len(ends) == 1:
                    return next(iter(ends))
        return self._type_of(id_)

    async def read(self, ids: Iterable[EntityId]) -> dict[EntityId, Entity]:
        """The entities of the ids, each read once."""
        wanted = set(ids)
        missing = sorted(wanted - self._entities.keys())
        if missing:
            self._entities.update((e.id, e) for e in await self._graph.entities(missing))
        return {id_: self._entities[id_] for id_ in wanted if id_ in self._entities}

    def facts(self, relations: Iterable[Relation]) -> list[FactEvidence]:
        """Facts of those relations both of whose ends were read."""
        return [
            FactEvidence(r, self._entities[r.subject], self._entities[r.object], 1.0)
            for r in relations
            if r.subject in self._entities and r.object in self._entities
        ]

    def late(self) -> bool:
        """Whether no time is left."""
        late = time.monotonic() > self._until
        self.truncated |= late
        return late


def _merged(found: Sequence[Found]) -> Found:
    """All sets in one, each thing with what led to it in any of them."""
    merged: dict[EntityId, dict[RelationId, Relation]] = {}
    for one in found:
        for id_, led in one.items():
            merged.setdefault(id_, {}).update((r.id, r) for r in led)
    return {id_: tuple(merged[id_].values()) for id_ in sorted(merged)}


def by_near(
    relations: Iterable[Relation], ids: Collection[EntityId], *, only_outside: bool = True
) -> dict[EntityId, dict[EntityId, list[Relation]]]:
    """Relations by the near and the far end; with ``only_outside`` the far end is none of the ids."""
    inside = set(ids)
    found: dict[EntityId, dict[EntityId, list[Relation]]] = {}
    for relation in sorted(relations, key=lambda r: r.id):
        for near, far in ((relation.subject, relation.object), (relation.object, relation.subject)):
            if near in inside and near != far and not (only_outside and far in inside):
                found.setdefault(near, {}).setdefault(far, []).append(relation)
    return found
