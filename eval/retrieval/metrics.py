"""Figures of a ranking against what should be found."""

import math
from collections.abc import Mapping, Sequence

DEPTH = 10
"""How many texts a system is asked for."""
_CUTS = (2, 5, 10)


def measured(found: Sequence[str], gold: Mapping[str, int]) -> dict[str, float]:
    """Every figure of one question, rounded to six places so that what is kept compares equal."""
    figures = {f"recall@{k}": recall(found, gold, k) for k in _CUTS}
    figures |= {f"all@{k}": complete(found, gold, k) for k in _CUTS}
    figures |= {"ndcg@10": ndcg(found, gold, 10), "mrr@10": reciprocal_rank(found, gold, 10)}
    return {name: round(value, 6) for name, value in figures.items()}


def recall(found: Sequence[str], gold: Mapping[str, int], k: int) -> float:
    """Share of the gold among the first k; where there is more gold than k, of the k that could be found.

    The capped recall of BEIR (Thakur et al., 2021), which is recall wherever a question has no more gold than k.
    """
    return len(set(found[:k]) & set(gold)) / min(k, len(gold))


def complete(found: Sequence[str], gold: Mapping[str, int], k: int) -> float:
    """1 where all the gold (or k of it) is among the first k, else 0."""
    return float(recall(found, gold, k) == 1.0)


def ndcg(found: Sequence[str], gold: Mapping[str, int], k: int) -> float:
    """Normalised discounted cumulative gain with linear gains, as in trec_eval (Järvelin and Kekäläinen, 2002)."""
    gained = sum(gold.get(id_, 0) / math.log2(place + 2) for place, id_ in enumerate(found[:k]))
    best = sorted(gold.values(), reverse=True)[:k]
    return gained / sum(grade / math.log2(place + 2) for place, grade in enumerate(best))


def reciprocal_rank(found: Sequence[str], gold: Mapping[str, int], k: int) -> float:
    """1 by the place of the first gold among the first k, 0 where there is none."""
    return next((1.0 / place for place, id_ in enumerate(found[:k], start=1) if id_ in gold), 0.0)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
