"""Writes of a change set that keep to the ontology: pure checks, before anything is written."""

from collections.abc import Collection, Iterable, Mapping, Sequence

from kg.domain import Entity, EntityId, Relation, RelationId, relation_id
from kg.errors import InvalidChange
from kg.ledger.changes import ChangeSet
from kg.ledger.planning import Current, Write, plan
from kg.names.spelling import normalise
from kg.ontology import Ontology


def planned(change_set: ChangeSet, current: Current, ontology: Ontology | None) -> tuple[Write, ...]:
    """The net writes of a change set, checked where an ontology is given; none if the set changes nothing.

    Raises VersionConflict, InvalidChange, NotFound.
    """
    writes = plan(change_set, current)
    if writes and ontology is not None:
        _check(writes, current, ontology)
    return writes


def refuse_misplaced(batch: Sequence[Relation], known: Collection[EntityId]) -> None:
    """Raise InvalidChange for relations of a load that are misnamed, or have an end that is not known."""
    problems = []
    for r in batch:
        if r.id != (named := relation_id(r.subject, r.predicate, r.object)):
            problems.append(f"relation {r.id!r} must have the id {named!r}")
        elif r.subject not in known or r.object not in known:
            absent = r.object if r.subject in known else r.subject
            problems.append(f"relation {r.id!r} points at {absent!r}, which is not there")
    if problems:
        raise InvalidChange("the load was refused", problems)


def _check(writes: Sequence[Write], current: Current, ontology: Ontology) -> None:
    """Raise InvalidChange if the state after the writes breaks the ontology.

    Judged are unknown types, predicates, qualifiers and grades, domain, range and polarity of relations, and entities
    of one type with one name. Beyond what ``plan`` needs ``current`` may hold the ends of relations and entities of
    the same names: names outside it are not checked.
    """
    entities: dict[EntityId, Entity] = dict(current.entities)
    relations = dict(current.relations)
    for write in writes:
        match write.after:
            case Entity() as entity:
                entities[entity.id] = entity
            case Relation() as relation:
                relations[relation.id] = relation
            case None:
                entities.pop(EntityId(write.id), None)
                relations.pop(RelationId(write.id), None)
    changed = [w.after for w in writes if isinstance(w.after, Entity)]
    retyped = {w.id for w in writes if _retyped(w)}
    judged = {w.id for w in writes} | {r.id for r in relations.values() if retyped & {r.subject, r.object}}
    problems = [p for entity in changed for p in _entity_problems(entity, ontology)]
    for id_ in sorted(relations):
        if id_ in judged:
            problems += _relation_problems(relations[id_], ontology, entities)
    problems += _namesakes(changed, entities.values())
    if problems:
        raise InvalidChange("the change set was refused", problems)


def _retyped(write: Write) -> bool:
    before, after = write.before, write.after
    return isinstance(before, Entity) and isinstance(after, Entity) and before.type != after.type


def _entity_problems(entity: Entity, ontology: Ontology) -> list[str]:
    problems = []
    if entity.type not in ontology.types:
        known = ", ".join(sorted(ontology.types))
        problems.append(f"entity {entity.id!r} has the unknown type {entity.type!r}; known are {known}")
    if any(not normalise(name.text) for name in entity.names):
        problems.append(f"entity {entity.id!r} has an empty name")
    return problems


def _relation_problems(relation: Relation, ontology: Ontology, entities: Mapping[EntityId, Entity]) -> list[str]:
    told = f"relation {relation.id!r}"
    predicate = ontology.predicates.get(relation.predicate)
    if predicate is None:
        known = ", ".join(sorted(ontology.predicates))
        return [f"{told} has the unknown predicate {relation.predicate!r}; known are {known}"]
    problems = []
    subject, object_ = entities.get(relation.subject), entities.get(relation.object)
    if subject is not None and object_ is not None:
        wrong = ontology.problem_of(subject.type, relation.predicate, object_.type)
        if wrong is not None:
            problems.append(f"{told}: {wrong}")
    if relation.polarity not in predicate.polarities:
        allowed = ", ".join(predicate.polarities)
        problems.append(f"{told} has the polarity {relation.polarity}; {relation.predicate} may have {allowed}")
    if relation.grade is not None and relation.grade not in ontology.grades:
        known = ", ".join(ontology.grades)
        problems.append(f"{told} has the unknown grade {relation.grade!r}; known are {known}")
    problems += [
        f"{told} has the qualifier {qualifier!r}, which {relation.predicate} does not take"
        for qualifier in sorted(set(relation.qualifiers) - predicate.qualifiers)
    ]
    if not relation.evidence:
        problems.append(f"{told} has no evidence")
    return problems


def _namesakes(changed: Sequence[Entity], all_: Iterable[Entity]) -> list[str]:
    """Entities of one type that share a name with a changed one; of different types they are homonyms, and allowed."""
    by_name: dict[tuple[str, str], set[EntityId]] = {}
    for entity in all_:
        for name in entity.names:
            by_name.setdefault((entity.type, normalise(name.text)), set()).add(entity.id)
    problems = []
    for entity in changed:
        for name in entity.names:
            others = sorted(by_name[entity.type, normalise(name.text)] - {entity.id})
            if others:
                also = ", ".join(map(repr, others))
                problems.append(f"entity {entity.id!r} has the name {name.text!r} of {also}: merge them, or rename one")
    return list(dict.fromkeys(problems))
