"""Putting the scores of several sources together."""

from collections.abc import Mapping, Sequence

import numpy as np

from kg.domain import PassageId
from retrieval.domain import Hit

DIGITS = 9
"""Scores that agree to so many digits are ties."""


def min_max(hits: Sequence[Hit]) -> dict[PassageId, float]:
    """Scores stretched to [0, 1] over the hits; a source whose hits all score the same says 1 of each."""
    if not hits:
        return {}
    low = min(h.score for h in hits)
    high = max(h.score for h in hits)
    if high <= low:
        return {h.passage_id: 1.0 for h in hits}
    return {h.passage_id: (h.score - low) / (high - low) for h in hits}


def convex(sources: Mapping[str, Sequence[Hit]], weights: Mapping[str, float]) -> list[Hit]:
    """The convex sum of min-max scores, best first, ties by id.

    A passage that a source did not find has 0 there. Weights are scaled to a sum of 1 over the sources that found
    anything, so that an empty source does not weaken the others (Bruch et al., 2023, arXiv:2210.11934).
    """
    found = {name: min_max(hits) for name, hits in sorted(sources.items()) if hits and weights.get(name, 0.0) > 0.0}
    total = sum(weights[name] for name in found)
    scores: dict[PassageId, float] = {}
    for name, scaled in found.items():
        share = weights[name] / total
        for id_, score in scaled.items():
            scores[id_] = scores.get(id_, 0.0) + share * score
    return ranked(scores)


def ranked(scores: Mapping[PassageId, float]) -> list[Hit]:
    """Hits in order of score, ties (to nine digits) by id."""
    rounded = -np.round(np.fromiter(scores.values(), float, len(scores)), DIGITS)
    keyed = sorted(zip(rounded.tolist(), scores, strict=True))
    return [Hit(id_, scores[id_]) for _, id_ in keyed]
