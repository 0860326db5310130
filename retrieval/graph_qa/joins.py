"""Which relations connect the things that a question names: direct ones, and those through a thing between them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from kg.domain import EntityId, Relation

Slot = frozenset[EntityId]
"""The entities that one name of the question may mean."""


def relations_at(relations: Iterable[Relation], ids: Iterable[EntityId]) -> dict[EntityId, list[Relation]]:
    """The relations of each of some entities; a relation of two of them stands at both."""
    at: dict[EntityId, list[Relation]] = {id_: [] for id_ in ids}
    for relation in relations:
        for end in {relation.subject, relation.object}:
            if end in at:
                at[end].append(relation)
    return at


def direct(relations: Iterable[Relation], slots: Sequence[Slot]) -> list[Relation]:
    """Relations from one slot to another."""
    place = _places(slots)
    return [
        r
        for r in relations
        if r.subject in place and r.object in place and place[r.subject].isdisjoint(place[r.object])
    ]


def through(relations: Iterable[Relation], slots: Sequence[Slot]) -> dict[EntityId, list[Relation]]:
    """Things between the slots with the relations that lead to them, those kept that no other connects better.

    A thing that touches slots {1, 2} is left out where another touches {1, 2, 3}: formulas that hold all three herbs
    answer, those with two do not. Things of unlike sets that do not include each other all stay.
    """
    if len(slots) < 2:
        return {}
    place = _places(slots)
    touching: dict[EntityId, dict[int, list[Relation]]] = defaultdict(lambda: defaultdict(list))
    for relation in relations:
        for near, far in ((relation.subject, relation.object), (relation.object, relation.subject)):
            if far in place:
                continue
            for slot in place.get(near, ()):
                touching[far][slot].append(relation)
    joined = {far: by_slot for far, by_slot in touching.items() if len(by_slot) > 1}
    sets = {frozenset(by_slot) for by_slot in joined.values()}
    best = {s for s in sets if not any(s < other for other in sets)}
    return {
        far: _once(r for slot in sorted(by_slot) for r in by_slot[slot])
        for far, by_slot in sorted(joined.items())
        if frozenset(by_slot) in best
    }


def neighbours(relations: Iterable[Relation], slot: Slot) -> dict[EntityId, list[Relation]]:
    """What stands beside a slot, with the relations that lead there."""
    beside: dict[EntityId, list[Relation]] = defaultdict(list)
    for relation in relations:
        if relation.subject in slot and relation.object not in slot:
            beside[relation.object].append(relation)
        elif relation.object in slot and relation.subject not in slot:
            beside[relation.subject].append(relation)
    return dict(sorted(beside.items()))


def of_types(
    found: Mapping[EntityId, list[Relation]], types: Mapping[EntityId, str], wanted: Collection[str]
) -> dict[EntityId, list[Relation]]:
    """Those of the wanted types; all where none is."""
    kept = {id_: relations for id_, relations in found.items() if types.get(id_) in wanted}
    return kept or dict(found)


def _places(slots: Sequence[Slot]) -> dict[EntityId, set[int]]:
    place: dict[EntityId, set[int]] = defaultdict(set)
    for number, slot in enumerate(slots):
        for id_ in slot:
            place[id_].add(number)
    return dict(place)


def _once(relations: Iterable[Relation]) -> list[Relation]:
    return list({r.id: r for r in relations}.values())
