"""Figures of a ranking against what should be found."""

import math
from collections.abc import Mapping, Sequence


def recall(found: Sequence[str], gold: Mapping[str, int], k: int) -> float:
    """Share of the gold among the first k; where there is more gold than k, of the k that could be found."""
    return len(set(found[:k]) & set(gold)) / min(k, len(gold))


def complete(found: Sequence[str], gold: Mapping[str, int], k: int) -> float:
    """1 where all the gold (or k of it) is among the first k, else 0."""
    return float(recall(found, gold, k) == 1.0)


def ndcg(found: Sequence[str], gold: Mapping[str, int], k: int) -> float:
    """Normalised discounted cumulative gain with linear gains, as in trec_eval (Järvelin and Kekäläinen, 2002)."""
    gained = sum(gold.get(id_, 0) / math.log2(place + 2) for place, id_ in enumerate(found[:k]))
    best = sorted(gold.values(), reverse=True)[:k]
    return gained / sum(grade / math.log2(place + 2) for place, grade in enumerate(best))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
