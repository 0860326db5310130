"""Random change sets on a graph, merges and splits included, that a store should take."""

import random
from collections.abc import Sequence

from kg.domain import Entity, EntityId, Evidence, Name, Polarity, Relation, relation_id
from kg.ledger.changes import (
    AddEntity,
    AddRelation,
    Change,
    EditEntity,
    EditRelation,
    MergeEntities,
    RetractEntity,
    RetractRelation,
    RetypeEntity,
    SplitEntity,
)
from tests.contracts.parts import PREDICATES, TYPES, entity, relation

_IDS = [EntityId(f"e{n}") for n in range(8)]


def changes(rng: random.Random, entities: Sequence[Entity], relations: Sequence[Relation]) -> tuple[Change, ...]:
    """One to three changes; no thing is touched by two of them, so that most sets are valid."""
    free = {e.id: e for e in entities}
    taken = set(free)
    made: list[Change] = []
    for _ in range(rng.randint(1, 3)):
        at = [r for r in relations if r.subject in free and r.object in free]
        change = _change(rng, free, at, [i for i in _IDS if i not in taken])
        if change is not None:
            made.append(change)
            for id_ in _touched(change):
                free.pop(id_, None)
                taken.add(id_)
    return tuple(made)


def _change(
    rng: random.Random, free: dict[EntityId, Entity], relations: Sequence[Relation], absent: Sequence[EntityId]
) -> Change | None:
    present = sorted(free.values(), key=lambda e: e.id)
    kind = rng.choice(
        ("add", "add", "edit", "retype", "merge", "split", "retract", "relate", "relate", "regrade", "part")
    )
    if kind == "add" and absent:
        return AddEntity(_named(rng, rng.choice(absent)))
    if not present:
        return None
    one = rng.choice(present)
    its = [r for r in relations if one.id in (r.subject, r.object)]
    match kind:
        case "edit":
            named = _named(rng, one.id)
            return EditEntity(Entity(one.id, one.type, named.names, {"cas": str(rng.randint(1, 3))}), one.version)
        case "retype":
            return RetypeEntity(one.id, rng.choice(TYPES), one.version)
        case "merge" if len(present) > 1:
            other = rng.choice([e for e in present if e.id != one.id])
            return MergeEntities(one.id, one.version, other.id, other.version)
        case "split" if absent and len(one.names) > 1:
            into = Entity(rng.choice(absent), one.type, one.names[1:])
            return SplitEntity(one.id, one.version, into, tuple(r.id for r in its if rng.random() < 0.5))
        case "retract" if not its:
            return RetractEntity(one.id, one.version)
        case "relate":
            other, predicate = rng.choice(present), rng.choice(PREDICATES)
            there = {r.id for r in relations}
            if relation_id(one.id, predicate, other.id) not in there:
                return AddRelation(relation(one.id, other.id, predicate))
        case "regrade" if its:
            r = rng.choice(its)
            evidence = (*r.evidence, Evidence(f"S:{rng.randint(1, 9)}"))
            polarity = rng.choice(list(Polarity))
            new = Relation(r.id, r.subject, r.predicate, r.object, polarity, "animal", {"dose": "1 mg"}, evidence)
            return EditRelation(new, r.version)
        case "part" if its:
            r = rng.choice(its)
            return RetractRelation(r.id, r.version)
    return None


def _named(rng: random.Random, id_: EntityId) -> Entity:
    words = rng.sample(["当归", "白芍", "mint", "sage", "川芎", "AQP4"], rng.randint(1, 3))
    made = entity(id_, *words)
    return Entity(id_, "herb", tuple(Name(n.text, n.script) for n in made.names))


def _touched(change: Change) -> tuple[EntityId, ...]:
    match change:
        case AddEntity(e) | EditEntity(e, _):
            return (e.id,)
        case RetractEntity(id_, _) | RetypeEntity(id_, _, _):
            return (id_,)
        case MergeEntities(source, _, target, _):
            return (source, target)
        case SplitEntity(source, _, into, _):
            return (source, into.id)
        case AddRelation(r) | EditRelation(r, _):
            return (r.subject, r.object)
        case RetractRelation(rid, _):
            subject, _, object_ = rid.split("|")
            return (EntityId(subject), EntityId(object_))
