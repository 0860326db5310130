"""What changed indexes show otherwise than indexes that are built whole of the same store."""

from collections.abc import Iterable, Sequence

import numpy as np

from kg.domain import EntityId
from models.protocols import Embedder
from retrieval.domain import Hit
from retrieval.index.snapshot_contents import Snapshot
from retrieval.sources.walk.names import ENTITY

_NEAR = 0.002
_NEAR_WALK = 1e-9


def differences(
    changed: Snapshot,
    whole: Snapshot,
    questions: Sequence[str],
    embedder: Embedder,
    *,
    entities: Sequence[EntityId] = (),
    settled: bool = False,
) -> list[str]:
    """Nothing where they are equal; ``entities`` are those of the graph.

    Dense scores are equal. Lexical ones are within 2 in 1000, because numbers of 32 bits are multiplied in another
    order; so passages whose scores are that near may change places. Of the walk the passages, their titles and their
    entities with their rarities are equal; where the library is ``settled``, all of its edges and scores.
    """
    both, ids = (changed, whole), list(whole.walk.ids)
    places, languages = ([getattr(s.catalogue, of) for s in both] for of in ("documents", "languages"))
    vectors = [s.dense.vectors_of(ids) for s in both]
    equal = {
        "the passages of the walk": list(changed.walk.ids) == ids,
        "the catalogue": places[0] == places[1] and dict(languages[0]) == dict(languages[1]),
        "the number of passages": {len(index) for s in both for index in (s.dense, s.lexical)} == {len(ids)},
        "the vectors": np.array_equal(vectors[0], vectors[1]),
        "the names of the graph": changed.manifest.names == whole.manifest.names,
    }
    if equal["the passages of the walk"]:
        equal |= _walk(changed, whole, entities)
        if settled:
            equal |= _settled_walk(changed, whole, questions, embedder, entities)
    for question in questions:
        vector = embedder.encode_query(question)
        for among, allowed in (("all", None), ("some", set(ids[::3]))):
            dense = [list(s.dense.search(vector, 10, allowed=allowed)) for s in both]
            lexical = [s.lexical.search(question, 99, allowed=allowed) for s in both]
            equal[f"dense {question!r} among {among}"] = dense[0] == dense[1]
            equal[f"lexical {question!r} among {among}"] = _near(lexical[0], lexical[1], _NEAR)
        equal[f"rarity {question!r}"] = changed.lexical.rarity(question) == whole.lexical.rarity(question)
        asked, rows = sorted(set(question.lower().split())), range(0, len(ids), 3)
        told = [s.words.overlap(rows, asked) for s in both if s.words]
        parts = ("question", "titles", "title_rarity", "title_asked") if len(told) == 2 else ()
        equal[f"words {question!r}"] = len(told) != 1 and all(
            np.array_equal(getattr(told[0], part), getattr(told[1], part)) for part in parts
        )
    return [what for what, holds in equal.items() if not holds]


def _walk(changed: Snapshot, whole: Snapshot, entities: Iterable[EntityId]) -> dict[str, bool]:
    """Titles of passages, and the passages of each entity with its rarity."""
    rows = range(len(whole.walk))
    titles = [s.walk.overlap(rows, []).same_title for s in (changed, whole)]
    equal = {"the titles of the walk": np.array_equal(titles[0], titles[1])}
    for entity in entities:
        held = [s.walk.overlap(rows, [f"{ENTITY}{entity}"]).question.sum(axis=1) for s in (changed, whole)]
        equal[f"the edges of entity {entity}"] = np.array_equal(held[0], held[1])
    return equal


def _settled_walk(
    changed: Snapshot, whole: Snapshot, questions: Iterable[str], embedder: Embedder, entities: Sequence[EntityId]
) -> dict[str, bool]:
    """All edges, by what passages share and which titles they name, and the scores of walks."""
    walks = [s.walk for s in (changed, whole)]
    ours, theirs = (w.overlap(range(len(whole.walk)), []) for w in walks)
    equal = {
        "the edges of the walk": walks[0].edges == walks[1].edges
        and np.allclose(ours.shared, theirs.shared)
        and np.array_equal(ours.names, theirs.names),
        "the density of the walk's links": walks[0].link_density == walks[1].link_density,
    }
    for question in questions:
        seeds = whole.dense.search(embedder.encode_query(question), 3)
        for among, chosen in (("seeds", seeds), ("names alone", ())):
            walked = [w.walk(chosen, w.names_in(question, entities), limit=len(w)) for w in walks]
            equal[f"the walk from {among} for {question!r}"] = _near(walked[0], walked[1], _NEAR_WALK)
    return equal


def _near(ours: Sequence[Hit], theirs: Sequence[Hit], limit: float) -> bool:
    """Whether the same passages are found with scores that differ in rounding only."""
    scores = {h.passage_id: h.score for h in theirs}
    return len(ours) == len(theirs) and all(
        h.passage_id in scores and abs(h.score - scores[h.passage_id]) <= limit for h in ours
    )
