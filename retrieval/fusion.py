"""Putting the scores of several sources together."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from kg.domain import PassageId
from retrieval.domain import Hit

DIGITS = 9
"""Scores that agree to so many digits are ties."""

FUSED_WEIGHT = 5.0
"""How much the fused score counts beside the logarithm of a probability."""

_LEAST_PROBABILITY = 1e-9
_LEAST_SPAN = 1e-12
_OUTSTANDING = 3.0
"""Standard deviations by which hits that all score the same stand above what was not found."""


def convex(sources: Mapping[str, Sequence[Hit]], weights: Mapping[str, float]) -> list[Hit]:
    """The convex sum of standard scores, stretched to [0, 1], best first, ties by id.

    Every source's scores count by how many standard deviations they stand out of its hits, so that one outstanding
    hit does not flatten the rest as it does between minimum and maximum; a passage that a source did not find stands a
    step below the source's least. Weights are scaled to a sum of 1 over the sources that found anything, so that an
    empty source does not weaken the others (Bruch et al., 2023, arXiv:2210.11934, who compare such normalisations).
    """
    found = {name: hits for name, hits in sorted(sources.items()) if hits and weights.get(name, 0.0) > 0.0}
    if not found:
        return []
    total = sum(weights[name] for name in found)
    places: dict[PassageId, int] = {}
    for hits in found.values():
        for hit in hits:
            places.setdefault(hit.passage_id, len(places))
    fused = np.zeros(len(places))
    for name, hits in found.items():
        standard = standard_scores([h.score for h in hits])
        own = np.full(len(places), _absent(standard))
        own[[places[h.passage_id] for h in hits]] = standard
        fused += weights[name] / total * own
    span = float(fused.max() - fused.min())
    scaled = (fused - fused.min()) / span if span > _LEAST_SPAN else np.ones(len(places))
    return ranked(dict(zip(places, scaled.tolist(), strict=True)))


def with_probabilities(hits: Sequence[Hit], reached: Sequence[Hit], weight: float) -> list[Hit]:
    """Fused scores and the logarithm of the probability of being reached, scaled to [0, 1], best first, ties by id."""
    fused = {h.passage_id: h.score for h in hits}
    probability = {h.passage_id: max(h.score, _LEAST_PROBABILITY) for h in reached}
    most = weight * math.log(1.0 / _LEAST_PROBABILITY) + FUSED_WEIGHT
    return ranked(
        {
            id_: (
                weight * math.log(probability.get(id_, _LEAST_PROBABILITY) / _LEAST_PROBABILITY)
                + FUSED_WEIGHT * fused.get(id_, 0.0)
            )
            / most
            for id_ in {**fused, **probability}
        }
    )


def with_added(hits: Sequence[Hit], added: Sequence[Hit], weight: float) -> list[Hit]:
    """Scores with those of another source added, best first, ties by id."""
    scores = {h.passage_id: h.score for h in hits}
    for id_, score in added:
        scores[id_] = scores.get(id_, 0.0) + weight * score
    return ranked(scores)


def _absent(standard: npt.NDArray[np.float64]) -> float:
    """The score of what a source did not find: a step below its least, the larger the fewer it found."""
    span = float(standard.max() - standard.min())
    return float(standard.min()) - (span / len(standard) if span else _OUTSTANDING)


def standard_scores(scores: Sequence[float]) -> npt.NDArray[np.float64]:
    """Scores less their mean, by their standard deviation; all 0 where they are the same."""
    values = np.asarray(scores, np.float64)
    in_order = np.sort(values)  # sums of floats depend on their order, which must not tell
    spread = float(in_order.std()) if len(values) else 0.0
    return (values - in_order.mean()) / spread if spread > _LEAST_SPAN else np.zeros(len(values))


def ranked(scores: Mapping[PassageId, float]) -> list[Hit]:
    """Hits in order of score, ties (to nine digits) by id."""
    rounded = -np.round(np.fromiter(scores.values(), float, len(scores)), DIGITS)
    keyed = sorted(zip(rounded.tolist(), scores, strict=True))
    return [Hit(id_, scores[id_]) for _, id_ in keyed]
