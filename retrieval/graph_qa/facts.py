"""Facts of the graph for a question: those of its plan, then joins and neighbours of what it names."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from heapq import nsmallest

from kg.domain import Entity, EntityId, Mention, Relation, RelationId
from kg.ontology import Ontology
from kg.protocols import Graph
from retrieval.domain import FactEvidence, LinkedEntity
from retrieval.graph_qa.joins import Slot, direct, neighbours, of_types, through
from retrieval.graph_qa.query_result import QueryResult
from retrieval.question.ontology_terms import OntologyCues, OntologyTerms, ontology_terms_of
from retrieval.text.words import words

MOST = 128
"""Facts of one answer at most, unless a complete join needs more of them."""

PLANNED = 2000
"""Facts of a plan's answer at most."""

TypeOf = Callable[[EntityId], str | None]
"""The type of an entity where it is known without asking the store."""

_UNASKED = 8
_BRIDGES = 12
_HOPS_THROUGH = 40
_JOINED_AT_MOST = 200
_OF_A_BRIDGE = 100


class Facts:
    """Chooses relations and attributes; every choice depends on ids and words alone, never on a store's order."""

    def __init__(self, graph: Graph, ontology: Ontology) -> None:
        self._graph = graph
        self._ontology = ontology
        self._cues = OntologyCues(ontology)
        self._words = {id_: frozenset(words(f"{p.label.zh} {p.label.en}")) for id_, p in ontology.predicates.items()}

    async def find(
        self,
        text: str,
        links: Sequence[LinkedEntity],
        candidates: Sequence[Slot],
        around: Sequence[Relation],
        graph: QueryResult | None = None,
        mentions: Sequence[Mention] = (),
        grades: Sequence[str] = (),
        type_of: TypeOf = lambda _: None,
    ) -> tuple[FactEvidence, ...]:
        """Facts for a question, best first.

        ``candidates`` are the entities that each linked name may mean, ``around`` all their relations; ``graph`` is
        what the graph itself answers; ``mentions`` those of the best passages, through which a thing that the question
        only describes is reached.
        """
        answering = [f for f in (graph.facts if graph else ()) if not grades or f.relation.grade in grades]
        if graph is not None and graph.alone and graph.found:
            return tuple(answering[:PLANNED])
        asked = ontology_terms_of(text, [(link.start, link.end) for link in links], self._cues)
        slots = sorted({slot for slot in candidates if slot}, key=lambda s: sorted(s))
        scores: dict[RelationId, float] = {}
        relations = {r.id: r for r in around}
        types = await self._types(relations, asked.types, type_of)
        joined = self._connect(relations, slots, asked, types, scores)
        if asked.types and not joined:
            far = await self._bridged(slots, relations, asked, mentions, types, scores, type_of)
            relations = {**relations, **far}
        kept = self._kept(scores, relations, grades)
        ends = await self._entities([e for r in kept for e in (r.subject, r.object)])
        found = [
            FactEvidence(r, ends[r.subject], ends[r.object], round(scores[r.id], 4))
            for r in kept
            if r.subject in ends and r.object in ends
        ]
        first = {f.relation.id for f in answering[:PLANNED]}
        rest = sorted((f for f in found if f.relation.id not in first), key=lambda f: (-f.score, f.relation.id))
        return (*answering[:PLANNED], *rest)

    async def _types(
        self, relations: Mapping[RelationId, Relation], asked: Collection[str], type_of: TypeOf
    ) -> dict[EntityId, str]:
        """Types of the ends that may be of an asked type: by their predicate, by what is known, else by the store."""
        if not asked:
            return {}
        types: dict[EntityId, str] = {}
        open_: set[EntityId] = set()
        for name, found in _by_predicate(relations.values()).items():
            predicate = self._ontology.predicates.get(name)
            ends = ({r.subject for r in found}, {r.object for r in found})
            for ids, allowed in zip(
                ends, (predicate.domain, predicate.range) if predicate else (None, None), strict=True
            ):
                if allowed is not None and len(allowed) == 1:
                    types.update(dict.fromkeys(ids, next(iter(allowed))))
                elif allowed is None or not allowed.isdisjoint(asked):
                    open_ |= ids
        unknown: list[EntityId] = []
        for id_ in sorted(open_ - types.keys()):
            known = type_of(id_)
            if known is None:
                unknown.append(id_)
            else:
                types[id_] = known
        types.update({e.id: e.type for e in await self._graph.entities(unknown)} if unknown else {})
        return types

    def _connect(
        self,
        relations: Mapping[RelationId, Relation],
        slots: Sequence[Slot],
        asked: OntologyTerms,
        types: Mapping[EntityId, str],
        scores: dict[RelationId, float],
    ) -> bool:
        """Score what connects or surrounds the slots; returns whether something stands between them."""
        _raise(scores, direct(relations.values(), slots), 1.0)
        met = {id_ for r in scores for id_ in (relations[r].subject, relations[r].object)}
        between = of_types(through(relations.values(), slots), types, asked.types)
        for found in list(between.values())[:_JOINED_AT_MOST]:
            _raise(scores, found, 0.9)
        reached = {id_ for found in between.values() for r in found for id_ in (r.subject, r.object)}
        for slot in slots:
            if not slot & reached:
                self._around(neighbours(relations.values(), slot), asked, types, scores, fill=not slot & met)
        return bool(between)

    def _around(
        self,
        beside: Mapping[EntityId, list[Relation]],
        asked: OntologyTerms,
        types: Mapping[EntityId, str],
        scores: dict[RelationId, float],
        *,
        fill: bool,
    ) -> None:
        wanted = {id_: found for id_, found in beside.items() if types.get(id_) in asked.types}
        for found in list(wanted.values())[:_JOINED_AT_MOST]:
            _raise(scores, found, 0.8)
        said = [r for found in beside.values() for r in found if r.predicate in asked.predicates]
        _raise(scores, said[:_JOINED_AT_MOST], 0.75)
        if fill and not wanted and not said:
            alike = {r.id: self._alike(r, asked) for found in beside.values() for r in found}
            rest = [r for found in beside.values() for r in found]
            for relation in nsmallest(_UNASKED, rest, key=lambda r: (-alike[r.id], r.id)):
                _raise(scores, [relation], 0.3 + 0.3 * alike[relation.id])

    def _alike(self, relation: Relation, asked: OntologyTerms) -> float:
        said = self._words.get(relation.predicate, frozenset())
        if relation.qualifiers:
            said |= {w for value in relation.qualifiers.values() for w in words(value)}
        return len(said & asked.words) / max(1, len(said))

    async def _bridged(
        self,
        slots: Sequence[Slot],
        relations: Mapping[RelationId, Relation],
        asked: OntologyTerms,
        mentions: Sequence[Mention],
        types: dict[EntityId, str],
        scores: dict[RelationId, float],
        type_of: TypeOf,
    ) -> dict[RelationId, Relation]:
        """Relations to the asked kinds from what the best passages name, or two steps from what the question names."""
        named = {id_ for slot in slots for id_ in slot}
        counts: dict[EntityId, int] = {}
        for mention in mentions:
            if mention.entity_id not in named:
                counts[mention.entity_id] = counts.get(mention.entity_id, 0) + 1
        bridges = sorted(counts, key=lambda e: (-counts[e], e))[:_BRIDGES]
        steps = sorted({far for slot in slots for far in neighbours(relations.values(), slot)})
        through_ = [*bridges, *(steps if len(steps) <= _HOPS_THROUGH else [])]
        if not through_:
            return {}
        leading = self._leading_to(asked.types)
        found = (
            {r.id: r for r in await self._graph.relations(through_, predicates=leading, limit=_OF_A_BRIDGE)}
            if leading
            else {}
        )
        types.update(await self._types(found, asked.types, type_of))
        every = {**relations, **found}
        reached = {id_ for r in found.values() for id_ in (r.subject, r.object)}
        leading_there = [r for r in every.values() if r.subject in reached or r.object in reached]
        joined = through(leading_there, [*slots, *(frozenset({b}) for b in bridges)])
        for far, led in joined.items():
            if types.get(far) in asked.types and any(r.subject in named or r.object in named for r in led):
                _raise(scores, led, 0.7)
        for id_ in bridges if max(scores.values(), default=0.0) < 0.7 else ():
            beside = neighbours(found.values(), frozenset({id_}))
            wanted = [r for far, led in beside.items() if types.get(far) in asked.types for r in led]
            _raise(scores, wanted[:_HOPS_THROUGH], 0.4)
        self._two_steps(slots, every, steps, asked, types, scores)
        return found

    def _leading_to(self, types: Collection[str]) -> list[str]:
        """Predicates with an end that may be of one of the types; others would be read for nothing."""
        return sorted(id_ for id_, p in self._ontology.predicates.items() if not (p.domain | p.range).isdisjoint(types))

    def _two_steps(
        self,
        slots: Sequence[Slot],
        relations: Mapping[RelationId, Relation],
        steps: Sequence[EntityId],
        asked: OntologyTerms,
        types: Mapping[EntityId, str],
        scores: dict[RelationId, float],
    ) -> None:
        if len(steps) > _HOPS_THROUGH or len(slots) != 1:
            return
        for step in steps:
            beyond = neighbours(relations.values(), frozenset({step}))
            wanted = [
                r for far, led in beyond.items() if far not in slots[0] and types.get(far) in asked.types for r in led
            ]
            if wanted:
                _raise(scores, [r for far, led in beyond.items() if far in slots[0] for r in led], 0.6)
                _raise(scores, wanted[:_HOPS_THROUGH], 0.55)

    def _kept(
        self, scores: Mapping[RelationId, float], relations: Mapping[RelationId, Relation], grades: Sequence[str]
    ) -> list[Relation]:
        found = [relations[id_] for id_ in scores if not grades or relations[id_].grade in grades]
        ranked = sorted(found, key=lambda r: (-scores[r.id], r.id))
        complete = sum(1 for r in ranked if scores[r.id] >= 0.8)
        return ranked[: max(MOST, complete)]

    async def _entities(self, ids: Iterable[EntityId]) -> dict[EntityId, Entity]:
        wanted = sorted(set(ids))
        return {e.id: e for e in await self._graph.entities(wanted)} if wanted else {}


def _by_predicate(relations: Iterable[Relation]) -> dict[str, list[Relation]]:
    found: dict[str, list[Relation]] = defaultdict(list)
    for relation in relations:
        found[relation.predicate].append(relation)
    return found


def _raise(scores: dict[RelationId, float], relations: Iterable[Relation], score: float) -> None:
    for relation in relations:
        scores[relation.id] = max(scores.get(relation.id, 0.0), score)
