"""One ranking of passages from all sources of a snapshot."""

import math
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from kg.domain import EntityId, PassageId
from models.protocols import Vectors
from retrieval.ablation import NOTHING_ABLATED, AblationFlags
from retrieval.domain import Hit, Mode
from retrieval.fusion import convex, ranked
from retrieval.index.snapshot_contents import Snapshot

DEPTH = 200
"""Passages that each source is asked for."""

DENSE_MOST, DENSE_LEAST = 0.7, 0.49
"""Share of the dense source in the convex sum, in encyclopaedias and among papers; the lexical one has the rest."""

HYBRID_WEIGHT = 5.0
"""How much the convex sum counts beside the logarithm of the walk's probability."""

WALK_MOST, WALK_LEAST, WALK_UNTITLED = 0.9, 0.02, 0.3
"""The walk's weight where passages name each other's titles, where they never do, and where there are no titles."""

HALF_LINKED = 0.03
"""The share of titles named elsewhere that is half way from papers to an encyclopaedia."""

GRAPH_MASS = 0.75
"""Share of the question's names in the restart when only the graph is asked."""

LINKED_WEIGHT = 0.25
"""What a passage gains whose document the graph links to what the question names."""

_LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Ranking:
    """Passages best first, what each source found, and milliseconds by stage."""

    hits: Sequence[Hit]
    sources: Mapping[str, Sequence[Hit]]
    stages_ms: Mapping[str, float]

    def scores_of(self, ids: Collection[PassageId]) -> dict[PassageId, dict[str, float]]:
        """Each source's own scores of some passages."""
        scores: dict[PassageId, dict[str, float]] = {id_: {} for id_ in ids}
        for name, hits in self.sources.items():
            for hit in hits:
                if hit.passage_id in scores:
                    scores[hit.passage_id][name] = hit.score
        return scores


def rank(
    snapshot: Snapshot,
    text: str,
    mode: Mode,
    vector: Vectors | None,
    *,
    translation: str = "",
    entities: Collection[EntityId] = (),
    linked: Mapping[PassageId, float] | None = None,
    allowed: Collection[PassageId] | None = None,
    flags: AblationFlags = NOTHING_ABLATED,
) -> Ranking:
    """Ask the sources of a mode and put their answers together.

    ``translation`` are words of another language for the question's terms; ``linked`` comes from the graph's
    relations.
    """
    sources: dict[str, Sequence[Hit]] = {}
    stages: dict[str, float] = {}
    if vector is not None and mode is not Mode.LEXICAL and flags.dense:
        with _Timed(stages, "dense"):
            sources["dense"] = snapshot.dense.search(vector, DEPTH, allowed=allowed)
    if mode is not Mode.DENSE and flags.lexical:
        with _Timed(stages, "lexical"):
            sources["lexical"] = snapshot.lexical.search(f"{text} {translation}", DEPTH, allowed=allowed)
    link_density = snapshot.walk.link_density if flags.adaptation else None
    dense = dense_weight(link_density)
    with _Timed(stages, "fusion"):
        hybrid = convex(sources, {"dense": dense, "lexical": 1.0 - dense})
    if mode in (Mode.HYBRID, Mode.GRAPH) and flags.walk:
        with _Timed(stages, "walk"):
            names = snapshot.walk.names_in(text, entities) if flags.linking else []
            mass = {"mass": GRAPH_MASS} if mode is Mode.GRAPH else {}
            walked = snapshot.walk.walk(hybrid, names, limit=DEPTH, **mass)
            sources["walk"] = [h for h in walked if allowed is None or h.passage_id in allowed]
            hybrid = _walked(hybrid, sources["walk"], link_density, mode)
            if linked and flags.linking:
                hybrid = _with_linked(hybrid, linked, allowed)
    return Ranking(hybrid, sources, stages)


def walk_weight(link_density: float | None) -> float:
    """The walk's weight in a corpus: it hardly helps where no passage names another's subject."""
    if link_density is None:
        return WALK_UNTITLED
    return WALK_LEAST + (WALK_MOST - WALK_LEAST) * _linked(link_density)


def dense_weight(link_density: float | None) -> float:
    """The dense source's share: papers are told apart by their terms, encyclopaedia entries by their meaning."""
    return DENSE_LEAST + (DENSE_MOST - DENSE_LEAST) * (1.0 if link_density is None else _linked(link_density))


def _linked(link_density: float) -> float:
    share = (link_density / HALF_LINKED) ** 2
    return share / (share + 1.0)


def _walked(hybrid: Sequence[Hit], walked: Sequence[Hit], link_density: float | None, mode: Mode) -> list[Hit]:
    """Logarithm of the walk's probability and the convex sum, scaled to [0, 1]."""
    fused = {h.passage_id: h.score for h in hybrid}
    reached = {h.passage_id: max(h.score, _LEAST) for h in walked}
    if mode is Mode.GRAPH:
        return ranked(reached)
    weight = walk_weight(link_density)
    most = weight * math.log(1.0 / _LEAST) + HYBRID_WEIGHT
    return ranked(
        {
            id_: (weight * math.log(reached.get(id_, _LEAST) / _LEAST) + HYBRID_WEIGHT * fused.get(id_, 0.0)) / most
            for id_ in {**fused, **reached}
        }
    )


def _with_linked(
    hits: Sequence[Hit], linked: Mapping[PassageId, float], allowed: Collection[PassageId] | None
) -> list[Hit]:
    scores = {h.passage_id: h.score for h in hits}
    for id_, share in linked.items():
        if allowed is None or id_ in allowed:
            scores[id_] = scores.get(id_, 0.0) + LINKED_WEIGHT * share
    return ranked(scores)


class _Timed:
    """Adds the milliseconds of a block to a stage."""

    def __init__(self, stages: dict[str, float], stage: str) -> None:
        self._stages = stages
        self._stage = stage
        self._start = 0.0

    def __enter__(self) -> None:
        self._start = time.perf_counter()

    def __exit__(self, *_: object) -> None:
        spent = 1000.0 * (time.perf_counter() - self._start)
        self._stages[self._stage] = self._stages.get(self._stage, 0.0) + spent
