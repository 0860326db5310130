"""Executes plans through the graph's protocol: the same answers from every store, within reported bounds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from kg.domain import EntityId, Language, Relation
from kg.ontology import Ontology
from kg.protocols import Graph
from retrieval.graph_qa import plan as plans
from retrieval.graph_qa.attributes import attribute_facts, values_of
from retrieval.graph_qa.plan import Difference, FirstOf, Having, Intersect, Named, Neighbours, Part, Plan, Things, Union
from retrieval.graph_qa.query_result import Group, QueryResult, Row
from retrieval.graph_qa.sets import Found, Sets, TypeOf, by_near
from retrieval.text.words import words

MOST_ROWS = 1000
"""Rows of one group at most."""

_RANKED = 500
_PATHS = 10
_TIME_S = 5.0


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
        self._sets = Sets(graph, ontology, known or {}, type_of, time_s)
        self._language = language
        self._most_rows = most_rows
        self._truncated = False
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
        cut = self._truncated or self._sets.truncated or (verdict is None and self._unlisted)
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
        entities = await self._sets.read(ids)
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
            if self._sets.late():
                break
            for path in await self._graph.paths(a, b, max_hops=min(plan.most_hops, shortest), limit=_PATHS):
                if not path.relations or len(path.relations) > shortest:
                    continue
                if len(path.relations) < shortest:
                    shortest, groups = len(path.relations), []
                await self._sets.read(e.id for e in path.entities)
                row = Row(path.entities[-1], tuple(self._sets.facts(path.relations)))
                groups.append(Group(Part((plan.a.surface, plan.b.surface), plan.b), (row,), 1))
        self._truncated |= len(groups) >= _PATHS
        return self._result(plan, groups[:_PATHS])

    async def _most(self, plan: plans.Most) -> QueryResult:
        found = await self._sets.things(plan.of.things)
        self._truncated |= len(found) > _RANKED
        ids = sorted(found)[:_RANKED]
        counted = by_near(await self._sets.beside(Neighbours(Named("", frozenset(ids)), plan.by), ids), ids)
        measured = {id_: len(counted.get(id_, {})) for id_ in ids}
        if not any(measured.values()):
            return self._result(plan, [])
        best = (min if plan.least else max)(measured.values())
        winners = {id_: found[id_] for id_ in ids if plan.every or measured[id_] == best}
        rows = await self._rows(winners)
        told = {} if plan.every else counted
        proofs = {id_: tuple(r for led in told.get(id_, {}).values() for r in led) for id_ in winners}
        await self._sets.read({e for led in proofs.values() for r in led for e in (r.subject, r.object)})
        rows = [
            Row(r.entity, (*r.facts, *self._sets.facts(proofs[r.entity.id])), measured[r.entity.id])
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
        return {e.type for e in (await self._sets.read(ids)).values()}

    async def _group(self, part: Part) -> Group:
        if isinstance(part.things, Having):
            return await self._having(part, part.things)
        found = await self._sets.things(part.things)
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

    async def _rows(self, found: Found) -> list[Row]:
        ends = (e for led in found.values() for r in led for e in (r.subject, r.object))
        entities = await self._sets.read([*found, *ends])
        return [Row(entities[id_], tuple(self._sets.facts(led))) for id_, led in found.items() if id_ in entities]


def _named_in(things: Things) -> frozenset[EntityId]:
    """Ids that the expression starts from."""
    match things:
        case Named():
            return things.ids
        case Neighbours() | Difference() | Having():
            return _named_in(things.of)
        case Intersect() | Union() | FirstOf():
            return frozenset(id_ for one in things.of for id_ in _named_in(one))
