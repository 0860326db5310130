"""Plans the writes of a change set: pure code that both stores share.

A store reads what ``touched`` names, takes the writes from ``planned`` (``kg.ledger.checks``), which checks those of
``plan``, and stores them with their before and after images.
Versions of a thing count up by one on every write, retraction included, and are never used twice.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from kg.domain import DocumentId, Entity, EntityId, PassageId, Relation, RelationId, relation_id
from kg.errors import InvalidChange, NotFound, VersionConflict
from kg.ledger.changes import (
    AddEntity,
    AddRelation,
    Change,
    ChangeSet,
    EditEntity,
    EditRelation,
    MergeEntities,
    RetractEntity,
    RetractRelation,
    RetypeEntity,
    SplitEntity,
)
from kg.ledger.merging import merged_entity, merged_relation

WriteKind = Literal["entity", "relation"]


@dataclass(frozen=True, slots=True)
class Current:
    """The stored state of the things that ``touched`` names.

    ``entities`` and ``relations`` are the live ones; ``versions`` gives the last version of retracted ones, by id.
    """

    entities: Mapping[EntityId, Entity]
    relations: Mapping[RelationId, Relation]
    versions: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Write:
    """One thing before and after the change; None if it does not exist."""

    kind: WriteKind
    id: str
    before: Entity | Relation | None
    after: Entity | Relation | None

    @property
    def version(self) -> int:
        """The version of the thing once this is written; a retraction has one too."""
        if self.after is not None:
            return self.after.version
        return self.before.version + 1 if self.before is not None else 0


def touched(change_set: ChangeSet) -> tuple[set[EntityId], set[EntityId], set[RelationId]]:
    """What ``plan`` needs: entities; entities whose relations (both directions) are needed; relations by id.

    The ends of the needed relations are not needed as entities. Of retracted things only the version is needed.
    """
    entities: set[EntityId] = set()
    hubs: set[EntityId] = set()
    relations: set[RelationId] = set()
    for change in change_set.changes:
        match change:
            case AddEntity(entity) | EditEntity(entity, _):
                entities.add(entity.id)
            case RetractEntity(id_, _) | RetypeEntity(id_, _, _):
                entities.add(id_)
                hubs.add(id_)
            case MergeEntities(source, _, target, _):
                entities |= {source, target}
                hubs |= {source, target}
            case SplitEntity(source, _, into, moved):
                entities |= {source, into.id}
                hubs |= {source, into.id}
                relations |= set(moved)
            case AddRelation(relation) | EditRelation(relation, _):
                entities |= {relation.subject, relation.object}
                relations.add(relation.id)
            case RetractRelation(rid, _):
                relations.add(rid)
    return entities, hubs, relations


def reversed_by(writes: Sequence[Write]) -> tuple[set[EntityId], set[EntityId], set[RelationId]]:
    """What ``undoing`` needs, as ``touched`` gives it; the hubs are the entities that go."""
    entities = {EntityId(w.id) for w in writes if w.kind == "entity"}
    going = {EntityId(w.id) for w in writes if w.kind == "entity" and w.before is None}
    coming = [w.before for w in writes if isinstance(w.before, Relation)]
    ends = {end for relation in coming for end in (relation.subject, relation.object)}
    return entities | ends, going, {RelationId(w.id) for w in writes if w.kind == "relation"}


def plan(change_set: ChangeSet, current: Current) -> tuple[Write, ...]:
    """The net writes of a change set, entities first, by id; raises VersionConflict, InvalidChange, NotFound.

    ``expected`` is compared with the version before the set, or with that of a thing the set itself added. A change
    that changes nothing is not written.
    """
    draft = _Draft(current)
    for change in change_set.changes:
        draft.take(change)
    draft.check_ends()
    if draft.problems:
        raise InvalidChange("the change set was refused", draft.problems)
    return draft.writes()


def undoing(writes: Sequence[Write], current: Current) -> tuple[Write, ...]:
    """The inverse of a revision's writes, checked; raises VersionConflict where later revisions changed them.

    A thing that is again as the revision left it is not changed, whatever happened in between. ``current`` holds the
    written things, the relations that would be removed with written entities, and the ends of restored relations.
    """
    written = {w.id for w in writes}
    back = []
    clashes = []
    for w in writes:
        have = current.entities.get(EntityId(w.id)) if w.kind == "entity" else current.relations.get(RelationId(w.id))
        last = _last(current, w.kind, w.id)
        if have != (w.after if w.after is None or have is None else replace(w.after, version=have.version)):
            clashes.append((w.kind, w.id, w.version, last))
        back.append(Write(w.kind, w.id, have, None if w.before is None else replace(w.before, version=last + 1)))
    gone = {w.id for w in back if w.kind == "entity" and w.after is None}
    clashes += [
        ("relation", r.id, 0, r.version)
        for r in current.relations.values()
        if r.id not in written and (r.subject in gone or r.object in gone)
    ]
    back_entities = {w.id for w in back if w.kind == "entity" and w.after is not None}
    for w in back:
        if isinstance(w.after, Relation):
            clashes += [
                ("entity", end, 1, 0)
                for end in (w.after.subject, w.after.object)
                if end not in back_entities and (end in gone or end not in current.entities)
            ]
    refuse_clashes(clashes)
    return tuple(back)


def refuse_clashes(clashes: Collection[tuple[str, str, int, int]]) -> None:
    """Raise VersionConflict where things (kind, id) are not at the expected version but at another."""
    if clashes:
        (kind, id_, expected, actual), *others = sorted(set(clashes))
        raise VersionConflict(kind, id_, expected, actual, others=[other[1] for other in others])


def without_passages(relations: Iterable[Relation], gone: Collection[PassageId]) -> tuple[Write, ...]:
    """The writes that take evidence in the passages from relations; one left without evidence is retracted."""
    writes = []
    for relation in sorted(relations, key=lambda r: r.id):
        kept = tuple(e for e in relation.evidence if e.passage_id is None or e.passage_id not in gone)
        if kept == relation.evidence:
            continue
        after = replace(relation, evidence=kept, version=relation.version + 1) if kept else None
        writes.append(Write("relation", relation.id, relation, after))
    return tuple(writes)


def without_documents(writes: Iterable[Write], gone: Collection[DocumentId]) -> list[Write]:
    """The writes without evidence in documents, whose ids begin those of their passages."""
    if not gone:
        return list(writes)
    left, starts = [], tuple(gone)
    for write in writes:
        if isinstance(write.after, Relation) and write.after.evidence:
            evidence = tuple(e for e in write.after.evidence if not (e.passage_id or "").startswith(starts))
            write = replace(write, after=replace(write.after, evidence=evidence) if evidence else None)
        if write.before is not None or write.after is not None:
            left.append(write)
    return left


def counts_of(writes: Iterable[Write]) -> dict[str, int]:
    """Counts for the revision's record: ``entities_added``, ``relations_retracted`` and so on, without zeros."""
    plural = {"entity": "entities", "relation": "relations"}
    counts: dict[str, int] = {}
    for w in writes:
        action = "added" if w.before is None else "edited" if w.after is not None else "retracted"
        counts[f"{plural[w.kind]}_{action}"] = counts.get(f"{plural[w.kind]}_{action}", 0) + 1
    return dict(sorted(counts.items()))


def _last(current: Current, kind: str, id_: str) -> int:
    """The version a thing has now, or had when it was retracted; 0 for what never was."""
    found = current.entities.get(EntityId(id_)) if kind == "entity" else current.relations.get(RelationId(id_))
    return found.version if found is not None else current.versions.get(id_, 0)


class _Draft:
    """The state a change set leads to, as it grows change by change."""

    def __init__(self, current: Current) -> None:
        self._current = current
        self._entities: dict[EntityId, Entity | None] = dict(current.entities)
        self._relations: dict[RelationId, Relation | None] = dict(current.relations)
        self._at: dict[EntityId, set[RelationId]] = {}
        for relation in current.relations.values():
            self._note(relation)
        self._to_check: set[RelationId] = set()
        self.problems: list[str] = []

    def take(self, change: Change) -> None:
        """Carry out one change."""
        match change:
            case AddEntity(entity):
                self._add_entity(entity)
            case EditEntity(entity, expected):
                self._edit_entity(entity, expected)
            case RetractEntity(id_, expected):
                self._entity(id_, expected)
                self._entities[id_] = None
            case RetypeEntity(id_, type_, expected):
                self._entities[id_] = replace(self._entity(id_, expected), type=type_)
            case MergeEntities():
                self._merge(change)
            case SplitEntity():
                self._split(change)
            case AddRelation(relation):
                self._add_relation(relation)
            case EditRelation(relation, expected):
                self._edit_relation(relation, expected)
            case RetractRelation(rid, expected):
                self._relation(rid, expected)
                self._relations[rid] = None

    def check_ends(self) -> None:
        """Note every relation that would be left without one of its ends."""
        gone = {id_ for id_, entity in self._entities.items() if entity is None}
        for id_ in sorted(gone):
            for rid in sorted(self._at.get(id_, ())):
                if self._relations.get(rid) is not None:
                    self.problems.append(f"relation {rid!r} is at {id_!r}, which is retracted: retract it as well")
        for rid in sorted(self._to_check):
            relation = self._relations.get(rid)
            for end in () if relation is None else sorted({relation.subject, relation.object} - gone):
                if self._entities.get(end) is None:
                    self.problems.append(f"relation {rid!r} points at {end!r}, which is not there: add it first")

    def writes(self) -> tuple[Write, ...]:
        """Net differences from the current state, with new versions."""
        entities = [self._write("entity", i, self._current.entities.get(i), a) for i, a in self._entities.items()]
        relations = [self._write("relation", i, self._current.relations.get(i), a) for i, a in self._relations.items()]
        net = [w for w in (*entities, *relations) if w is not None]
        return tuple(sorted(net, key=lambda w: (w.kind, w.id)))

    def _write(
        self, kind: WriteKind, id_: str, before: Entity | Relation | None, after: Entity | Relation | None
    ) -> Write | None:
        if after is None:
            return None if before is None else Write(kind, id_, before, None)
        if before is not None and before == replace(after, version=before.version):
            return None
        return Write(kind, id_, before, replace(after, version=_last(self._current, kind, id_) + 1))

    def _seen(self, kind: WriteKind, id_: str, expected: int, was: Entity | Relation | None) -> None:
        last = _last(self._current, kind, id_)
        actual = last if was is not None else last + 1
        if expected != actual:
            raise VersionConflict(kind, id_, expected, actual)

    def _entity(self, id_: EntityId, expected: int) -> Entity:
        found = self._entities.get(id_)
        if found is None:
            raise NotFound("entity", id_)
        self._seen("entity", id_, expected, self._current.entities.get(id_))
        return found

    def _relation(self, id_: RelationId, expected: int) -> Relation:
        found = self._relations.get(id_)
        if found is None:
            raise NotFound("relation", id_)
        self._seen("relation", id_, expected, self._current.relations.get(id_))
        return found

    def _note(self, relation: Relation) -> None:
        self._at.setdefault(relation.subject, set()).add(relation.id)
        self._at.setdefault(relation.object, set()).add(relation.id)

    def _require(self, holds: bool, problem: str) -> None:
        if not holds:
            self.problems.append(problem)

    def _add_entity(self, entity: Entity) -> None:
        there = self._entities.get(entity.id)
        if there is not None:
            raise VersionConflict("entity", entity.id, 0, there.version)
        self._require(bool(entity.id), "an entity needs an id")
        self._require(bool(entity.names), f"entity {entity.id!r} needs at least one name")
        self._entities[entity.id] = entity

    def _edit_entity(self, entity: Entity, expected: int) -> None:
        there = self._entity(entity.id, expected)
        self._require(bool(entity.names), f"entity {entity.id!r} needs at least one name")
        retyped = f"entity {entity.id!r} is a {there.type!r}: an edit cannot make it a {entity.type!r}, retype it"
        self._require(entity.type == there.type, retyped)
        self._entities[entity.id] = entity

    def _add_relation(self, relation: Relation) -> None:
        there = self._relations.get(relation.id)
        if there is not None:
            raise VersionConflict("relation", relation.id, 0, there.version)
        triple = relation_id(relation.subject, relation.predicate, relation.object)
        self._require(relation.id == triple, f"relation {relation.id!r} must have the id {triple!r}")
        self._put(relation)

    def _edit_relation(self, relation: Relation, expected: int) -> None:
        there = self._relation(relation.id, expected)
        same = (there.subject, there.predicate, there.object) == (relation.subject, relation.predicate, relation.object)
        moved = f"relation {relation.id!r}: an edit cannot change subject, predicate or object: retract it, add another"
        self._require(same, moved)
        self._put(relation)

    def _put(self, relation: Relation) -> None:
        self._relations[relation.id] = relation
        self._to_check.add(relation.id)
        self._note(relation)

    def _merge(self, change: MergeEntities) -> None:
        if change.source == change.target:
            self.problems.append(f"entity {change.source!r} cannot be merged with itself")
            return
        source = self._entity(change.source, change.source_expected)
        target = self._entity(change.target, change.target_expected)
        self._entities[target.id] = merged_entity(target, source)
        self._entities[source.id] = None
        self._move(sorted(self._at.get(source.id, ())), lambda end: target.id if end == source.id else end)

    def _split(self, change: SplitEntity) -> None:
        source = self._entity(change.source, change.expected)
        into = change.into
        self._add_entity(into)
        taken = {n.text for n in into.names}
        names = tuple(n for n in source.names if n.text not in taken)
        self._require(bool(names), f"entity {source.id!r} would have no name left after the split")
        identifiers = {k: v for k, v in source.identifiers.items() if into.identifiers.get(k) != v}
        self._entities[source.id] = replace(source, names=names, identifiers=identifiers)
        for rid in change.relations:
            if self._relations.get(rid) is None:
                raise NotFound("relation", rid)
            self._require(
                rid in self._at.get(source.id, ()), f"relation {rid!r} is not at {source.id!r}: a split cannot move it"
            )
        self._move(sorted(set(change.relations)), lambda end: into.id if end == source.id else end)

    def _move(self, ids: Iterable[RelationId], led: Callable[[EntityId], EntityId]) -> None:
        for rid in ids:
            relation = self._relations.get(rid)
            if relation is None:
                continue
            subject, object_ = led(relation.subject), led(relation.object)
            if (subject, object_) == (relation.subject, relation.object):
                continue
            self._relations[rid] = None
            if subject == object_ and relation.subject != relation.object:
                continue
            new_id = relation_id(subject, relation.predicate, object_)
            moved: Relation | None = replace(relation, id=new_id, subject=subject, object=object_)
            there = self._relations.get(new_id)
            if there is not None and moved is not None:
                moved = merged_relation(there, moved)
            if moved is None:
                self.problems.append(f"relations {new_id!r} and {rid!r} have opposite polarity: settle that first")
                continue
            self._relations[new_id] = moved
            self._note(moved)
