"""Walks over the graph, as generators that ask for relations: every store uses the same walks.

A walk yields an ``Ask`` and is sent the relations for it (as ``Graph.relations`` gives them); it returns what it found.
"""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass

from kg.domain import EntityId, Relation

HUB_LIMIT = 5000
"""Relations looked at from one entity while paths are sought."""

_FRONTIER_LIMIT = 20_000

_Edges = dict[EntityId, dict[EntityId, dict[str, Relation]]]


@dataclass(frozen=True, slots=True)
class Ask:
    """Relations wanted at each of the entities, both directions, the first ``limit`` an entity in order of id."""

    ids: tuple[EntityId, ...]
    limit: int


@dataclass(frozen=True, slots=True)
class Walked:
    """Ids of the entities, nearest first, and the relations walked, ordered by id."""

    entities: tuple[EntityId, ...]
    relations: tuple[Relation, ...]
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """Entities and relations of a path, in walking order."""

    entities: tuple[EntityId, ...]
    relations: tuple[Relation, ...]


def neighbourhood(start: EntityId, *, hops: int, limit: int) -> Generator[Ask, Sequence[Relation], Walked]:
    """Entities within ``hops``, at most ``limit`` of them, the start included; the room is shared fairly.

    Entities of the last ring share the room that is left, so that one hub cannot take it all.
    """
    seen: dict[EntityId, None] = {start: None}
    walked: dict[str, Relation] = {}
    frontier = [start]
    truncated = False
    for _ in range(hops):
        room = limit - len(seen)
        if room <= 0 or not frontier:
            truncated = truncated or bool(frontier)
            break
        share = -(-room // len(frontier)) + (0 if frontier == [start] else 1)
        relations = yield Ask(tuple(frontier), share + 1)
        at = relations_at(sorted(relations, key=lambda r: r.id), frontier)
        ring: dict[EntityId, None] = {}
        for id_ in frontier:
            truncated = truncated or len(at[id_]) > share
            for relation in at[id_][:share]:
                other = relation.object if relation.subject == id_ else relation.subject
                if other not in seen and other not in ring:
                    if len(seen) + len(ring) >= limit:
                        truncated = True
                        continue
                    ring[other] = None
                walked[relation.id] = relation
        frontier = sorted(ring)
        seen.update(dict.fromkeys(frontier))
    return Walked(tuple(seen), tuple(walked[id_] for id_ in sorted(walked)), truncated)


def paths(a: EntityId, b: EntityId, *, max_hops: int, limit: int) -> Generator[Ask, Sequence[Relation], list[Route]]:
    """The shortest paths between two entities, whichever way the relations point, ordered by their entities' ids.

    Searched from both ends, the smaller side first. Of an entity with more than HUB_LIMIT relations only the first
    are looked at from its side.
    """
    if a == b:
        return [Route((a,), ())]
    depth = ({a: 0}, {b: 0})
    frontiers = [[a], [b]]
    edges: _Edges = {}
    walked = [0, 0]
    while sum(walked) < max_hops and all(frontiers):
        side = 0 if len(frontiers[0]) <= len(frontiers[1]) else 1
        walked[side] += 1
        frontier = frontiers[side][:_FRONTIER_LIMIT]
        relations = yield Ask(tuple(frontier), HUB_LIMIT)
        for relation in relations:
            edges.setdefault(relation.subject, {}).setdefault(relation.object, {})[relation.id] = relation
            edges.setdefault(relation.object, {}).setdefault(relation.subject, {})[relation.id] = relation
        known = depth[side]
        ring = sorted({n for id_ in frontier for n in edges.get(id_, {}) if n not in known})
        known.update(dict.fromkeys(ring, walked[side]))
        frontiers[side] = ring
        if any(n in depth[1 - side] for n in ring):
            return _routes(_layers(depth, edges, walked), edges, limit)
    return []


def _layers(
    depth: tuple[dict[EntityId, int], dict[EntityId, int]], edges: _Edges, walked: Sequence[int]
) -> list[set[EntityId]]:
    """For each step, the entities on any shortest path."""
    from_a, from_b = depth
    steps_a, steps_b = walked
    layers = [{n for n, steps in from_a.items() if steps == steps_a and from_b.get(n) == steps_b}]
    for step in range(steps_a - 1, -1, -1):
        layers.insert(0, {n for m in layers[0] for n in edges[m] if from_a.get(n) == step})
    for step in range(steps_b - 1, -1, -1):
        layers.append({n for m in layers[-1] for n in edges[m] if from_b.get(n) == step})
    return layers


def _routes(layers: Sequence[set[EntityId]], edges: _Edges, limit: int) -> list[Route]:
    """The first ``limit`` walks through the layers, in order."""
    routes: list[Route] = []
    stack = [Route((start,), ()) for start in layers[0]]
    while stack and len(routes) < limit:
        route = stack.pop()
        step = len(route.relations) + 1
        if step == len(layers):
            routes.append(route)
            continue
        last = route.entities[-1]
        onward = sorted(n for n in edges[last] if n in layers[step])
        longer = [
            Route((*route.entities, other), (*route.relations, between[id_]))
            for other in onward
            for between in [edges[last][other]]
            for id_ in sorted(between)
        ]
        stack.extend(reversed(longer))
    return routes


def relations_at(relations: Iterable[Relation], ids: Iterable[EntityId]) -> dict[EntityId, list[Relation]]:
    """The relations of each of some entities; a relation of two of them stands at both."""
    at: dict[EntityId, list[Relation]] = {id_: [] for id_ in ids}
    for relation in relations:
        for end in {relation.subject, relation.object}:
            if end in at:
                at[end].append(relation)
    return at
