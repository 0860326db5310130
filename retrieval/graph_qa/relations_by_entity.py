"""Relations grouped by the entities at which they stand."""

from collections.abc import Collection, Iterable

from kg.domain import EntityId, Relation


def relations_at(relations: Iterable[Relation], ids: Iterable[EntityId]) -> dict[EntityId, list[Relation]]:
    """The relations of each of some entities; a relation of two of them stands at both."""
    at: dict[EntityId, list[Relation]] = {id_: [] for id_ in ids}
    for relation in relations:
        for end in {relation.subject, relation.object}:
            if end in at:
                at[end].append(relation)
    return at


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
