"""Executes plans through the graph's protocol: the same answers from every store, within reported bounds."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from kg.domain import Entity, EntityId, Language, Relation, RelationId
from kg.ontology import Ontology
from kg.protocols import Graph
from retrieval.evidence import FactEvidence
from retrieval.graph_qa import plan as plans
from retrieval.graph_qa.attributes import attribute_facts, values_of
from retrieval.graph_qa.plan import Difference, FirstOf, Having, Intersect, Named, Neighbours, Part, Plan, Things, Union
from retrieval.graph_qa.query_result import Group, QueryResult, Row
from retrieval.text.words import words

MOST_ROWS = 1000
"""Rows of one group at most."""

_MOST_RELATIONS = 5000
_MOST_NEAR = 2000
_RANKED = 500
_PATHS = 10
_TIME_S = 5.0

_Found = dict[EntityId, tuple[Relation, ...]]

TypeOf = Callable[[EntityId], str | None]
"""The type of an entity where it is known without asking the store."""


class Execution:
    """One execution of a plan.

    ``known`` holds all relations of the entities that are its keys; ``language`` is the reader's, in which attributes
    are told, in every one where it is empty. ``most_rows`` bounds the rows of a group.
    """

    def __init__(
        self,
        graph: Graph,
        ontology: Ontology,
        known: Mapping[EntityId, Sequence[Relation]] | None = None,
        *,
        language: Language = "",
        type_of: TypeOf = lambda _: None,
        most_rows: int = MOST_ROWS,
        time_s: float = _TIME_S,
    ) -> None:
        self._graph = graph
        self._ontology = ontology
        self._known = dict(known or {})
        self._language = language
        self._type_of = type_of
        self._most_rows = most_rows
        self._until = time.monotonic() + time_s
        self._entities: dict[EntityId, Entity] = {}
        self._walked: dict[Neighbours, _Found] = {}
        self.truncated = False
        self._unlisted = False

    async def run(self, plan: Plan) -> QueryResult:
        """The graph's answer."""
        match plan:
            case plans.Listing():
                groups = [await self._group(part) for part in plan.parts]
                apart = [] if any(g.rows for g in groups) else await self._apart(plan.parts)
                if apart and len(plan.parts) == 1 and (narrower := await self._without_strangers(plan, apart)):
                    return await self.run(narrower)
                return self._result(plan, groups, apart=apart)
            case plans.Check():
                return await self._check(plan)
            case plans.Attribute():
                return await self._attribute(plan)
            case plans.Path():
                return await self._paths(plan)
            case plans.Compare():
                groups = [await self._group(part) for part in plan.parts]
                ranked = sorted(groups, key=lambda g: g.total if plan.least else -g.total)
                return self._result(plan, ranked if any(g.rows for g in groups) else [])
            case plans.Most():
                return await self._most(plan)

    def _result(
        self, plan: Plan, groups: Iterable[Group], *, verdict: bool | None = None, apart: Iterable[Group] = ()
    ) -> QueryResult:
        cut = self.truncated or (verdict is None and self._unlisted)
        return QueryResult(plan, (), tuple(groups), verdict, tuple(apart), cut)

    async def _check(self, plan: plans.Check) -> QueryResult:
        groups = [await self._group(part) for part in plan.parts]
        if all(g.rows for g in groups):
            return self._result(plan, groups, verdict=True)
        if plan.scope is None:
            apart = await self._apart(plan.parts)
            sure = bool(apart) and all(g.rows for g in apart)
            return self._result(plan, groups, verdict=False if sure else None, apart=apart)
        scope = await self._group(plan.scope)
        return self._result(plan, groups, verdict=False if scope.rows else None, apart=[scope])

    async def _attribute(self, plan: plans.Attribute) -> QueryResult:
        ids = sorted({id_ for n in plan.of for id_ in n.ids})
        entities = await self._read(ids)
        groups: list[Group] = []
        for one in plan.of:
            facts = {
                id_: attribute_facts(entities[id_], plan.keys, self._language)
                for id_ in sorted(one.ids)
                if id_ in entities
            }
            rows = tuple(Row(entities[id_], tuple(found)) for id_, found in facts.items() if found)
            groups.append(Group(Part((one.surface,), one), rows, len(rows)))
        if plan.told_by is not None:
            told = await self._group(Part(tuple(n.surface for n in plan.of), plan.told_by))
            groups += [told] if told.rows else []
        return self._result(plan, groups)

    async def _paths(self, plan: plans.Path) -> QueryResult:
        groups: list[Group] = []
        pairs = [(a, b) for a in sorted(plan.a.ids) for b in sorted(plan.b.ids) if a != b]
        shortest = plan.most_hops + 1
        for a, b in pairs[:16]:
            if self._late():
                break
            for path in await self._graph.paths(a, b, max_hops=min(plan.most_hops, shortest), limit=_PATHS):
                if not path.relations or len(path.relations) > shortest:
                    continue
                if len(path.relations) < shortest:
                    shortest, groups = len(path.relations), []
                self._entities.update((e.id, e) for e in path.entities)
                row = Row(path.entities[-1], tuple(self._facts(path.relations)))
                groups.append(Group(Part((plan.a.surface, plan.b.surface), plan.b), (row,), 1))
        self.truncated |= len(groups) >= _PATHS
        return self._result(plan, groups[:_PATHS])

    async def _most(self, plan: plans.Most) -> QueryResult:
        found = await self._things(plan.of.things)
        self.truncated |= len(found) > _RANKED
        ids = sorted(found)[:_RANKED]
        counted = _by_near(await self._beside(Neighbours(Named("", frozenset(ids)), plan.by), ids), ids)
        measured = {id_: len(counted.get(id_, {})) for id_ in ids}
        if not any(measured.values()):
            return self._result(plan, [])
        best = (min if plan.least else max)(measured.values())
        winners = {id_: found[id_] for id_ in ids if plan.every or measured[id_] == best}
        rows = await self._rows(winners)
        told = {} if plan.every else counted
        proofs = {id_: tuple(r for led in told.get(id_, {}).values() for r in led) for id_ in winners}
        await self._read({e for led in proofs.values() for r in led for e in (r.subject, r.object)})
        rows = [
            Row(r.entity, (*r.facts, *self._facts(proofs[r.entity.id])), measured[r.entity.id])
            for r in sorted(rows, key=lambda r: -measured[r.entity.id])
        ]
        return self._result(plan, [Group(plan.of, tuple(rows[: self._most_rows]), len(found))])

    async def _apart(self, parts: Iterable[Part]) -> list[Group]:
        """What each name of an empty intersection has by itself."""
        groups: list[Group] = []
        for part in parts:
            things = part.things.of if isinstance(part.things, Difference) else part.things
            if isinstance(things, Intersect) and len(things.of) == len(part.names):
                for name, one in zip(part.names, things.of, strict=True):
                    groups.append(await self._group(Part((name,), one)))
        return groups

    async def _without_strangers(self, plan: plans.Listing, apart: Sequence[Group]) -> plans.Listing | None:
        """The plan without names that have nothing of what is asked and are of another kind than those that have.

        "human" in "which human genes take part in A and B" is no third condition.
        """
        part = plan.parts[0]
        holding = [g.part for g in apart if g.rows]
        kinds = await self._kinds(holding)
        strangers = [g.part for g in apart if not g.rows and not await self._kinds([g.part]) & kinds]
        if not strangers or not holding:
            return None
        kept = [g.part for g in apart if g.part not in strangers]
        things = kept[0].things if len(kept) == 1 else Intersect(tuple(p.things for p in kept))
        if isinstance(part.things, Difference):
            things = Difference(things, part.things.minus)
        names = tuple(name for p in kept for name in p.names)
        return replace(plan, parts=(Part(names, things, part.without),))

    async def _kinds(self, parts: Iterable[Part]) -> set[str]:
        ids = {id_ for part in parts for id_ in _named_in(part.things)}
        return {e.type for e in (await self._read(ids)).values()}

    async def _group(self, part: Part) -> Group:
        if isinstance(part.things, Having):
            return await self._having(part, part.things)
        found = await self._things(part.things)
        kept = dict(sorted(found.items())[: self._most_rows])
        self._unlisted |= len(kept) < len(found)
        return Group(part, tuple(await self._rows(kept)), len(found))

    async def _having(self, part: Part, node: Having) -> Group:
        """The rows of the set that have one of the values that are said, or none; all have the attribute."""
        whole = await self._group(Part(part.names, node.of, part.without))
        told = {r.entity.id: attribute_facts(r.entity, node.keys) for r in whole.rows}
        values = {id_: {v for f in facts for v in values_of(f)} for id_, facts in told.items()}
        said = tuple(sorted(v for v in frozenset().union(*values.values()) if node.words >= set(words(v)) != set()))
        rows = tuple(
            Row(r.entity, (*r.facts, *told[r.entity.id]))
            for r in whole.rows
            if said and values[r.entity.id] and values[r.entity.id].isdisjoint(said) == node.negated
        )
        return Group(replace(part, things=replace(node, values=said)), rows, len(rows))

    async def _rows(self, found: _Found) -> list[Row]:
        ends = (e for led in found.values() for r in led for e in (r.subject, r.object))
        entities = await self._read([*found, *ends])
        return [Row(entities[id_], tuple(self._facts(led))) for id_, led in found.items() if id_ in entities]

    async def _things(self, node: Things) -> _Found:
        match node:
            case Named():
                return dict.fromkeys(sorted(node.ids), ())
            case Neighbours():
                return await self._typed(await self._reached(node), node.types)
            case Intersect():
                return await self._intersection(node)
            case Union():
                return _merged([await self._things(one) for one in node.of])
            case Difference():
                gone = {id_ for one in node.minus for id_ in await self._things(one)}
                return {id_: led for id_, led in (await self._things(node.of)).items() if id_ not in gone}
            case Having():
                return await self._things(node.of)
            case FirstOf():
                for one in node.of:
                    if found := await self._things(one):
                        return found
                return {}

    async def _intersection(self, node: Intersect) -> _Found:
        """Types are read of what is left only, where the sets are neighbours of one type each."""
        found: list[_Found] = []
        types: list[frozenset[str]] = []
        for one in node.of:
            if isinstance(one, Neighbours):
                found.append(await self._reached(one))
                types.append(one.types)
            else:
                found.append(await self._things(one))
        shared = set.intersection(*(set(f) for f in found))
        merged = _merged([{id_: f[id_] for id_ in sorted(shared)} for f in found])
        for allowed in dict.fromkeys(types):
            merged = await self._typed(merged, allowed)
        return merged

    async def _reached(self, node: Neighbours) -> _Found:
        """Neighbours before their types are read; a step that several expressions share is taken once."""
        if node not in self._walked:
            self._walked[node] = await self._walk(node)
        return self._walked[node]

    async def _walk(self, node: Neighbours) -> _Found:
        near = await self._things(node.of)
        ids = list(near)[:_MOST_NEAR]
        self.truncated |= len(ids) < len(near)
        by_near = _by_near(await self._beside(node, ids), ids, within=isinstance(node.of, Named))
        far: dict[EntityId, dict[RelationId, Relation]] = {}
        for id_ in ids:
            for other, led in by_near.get(id_, {}).items():
                far.setdefault(other, {}).update((r.id, r) for r in (*near[id_], *led))
        return {id_: tuple(led.values()) for id_, led in far.items()}

    async def _beside(self, node: Neighbours, ids: Sequence[EntityId]) -> list[Relation]:
        """Relations at the ids that the node lets through, those of impossible types left out."""
        if not ids or self._late():
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

    async def _typed(self, found: _Found, types: frozenset[str]) -> _Found:
        if not types:
            return found
        unknown = [id_ for id_, led in found.items() if self._type(id_, led) is None]
        entities = await self._read(unknown) if unknown else {}
        kept: _Found = {}
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

    async def _read(self, ids: Iterable[EntityId]) -> dict[EntityId, Entity]:
        wanted = set(ids)
        missing = sorted(wanted - self._entities.keys())
        if missing:
            self._entities.update((e.id, e) for e in await self._graph.entities(missing))
        return {id_: self._entities[id_] for id_ in wanted if id_ in self._entities}

    def _facts(self, relations: Iterable[Relation]) -> list[FactEvidence]:
        return [
            FactEvidence(r, self._entities[r.subject], self._entities[r.object], 1.0)
            for r in relations
            if r.subject in self._entities and r.object in self._entities
        ]

    def _late(self) -> bool:
        late = time.monotonic() > self._until
        self.truncated |= late
        return late


def relations_at(relations: Iterable[Relation], ids: Iterable[EntityId]) -> dict[EntityId, list[Relation]]:
    """The relations of each of some entities; a relation of two of them stands at both."""
    at: dict[EntityId, list[Relation]] = {id_: [] for id_ in ids}
    for relation in relations:
        for end in {relation.subject, relation.object}:
            if end in at:
                at[end].append(relation)
    return at


def _named_in(things: Things) -> frozenset[EntityId]:
    """Ids that the expression starts from."""
    match things:
        case Named():
            return things.ids
        case Neighbours() | Difference() | Having():
            return _named_in(things.of)
        case Intersect() | Union() | FirstOf():
            return frozenset(id_ for one in things.of for id_ in _named_in(one))


def _by_near(
    relations: Iterable[Relation], ids: Collection[EntityId], *, within: bool = True
) -> dict[EntityId, dict[EntityId, list[Relation]]]:
    """Relations by the near and the far end; with ``within`` the far end is none of the ids."""
    inside = set(ids)
    found: dict[EntityId, dict[EntityId, list[Relation]]] = {}
    for relation in sorted(relations, key=lambda r: r.id):
        for near, far in ((relation.subject, relation.object), (relation.object, relation.subject)):
            if near in inside and near != far and not (within and far in inside):
                found.setdefault(near, {}).setdefault(far, []).append(relation)
    return found


def _merged(found: Sequence[_Found]) -> _Found:
    """All sets in one, each thing with what led to it in any of them."""
    merged: dict[EntityId, dict[RelationId, Relation]] = {}
    for one in found:
        for id_, led in one.items():
            merged.setdefault(id_, {}).update((r.id, r) for r in led)
    return {id_: tuple(merged[id_].values()) for id_ in sorted(merged)}
