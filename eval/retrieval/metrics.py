"""Figures of a ranking against what should be found.

They need nothing beyond the base install, so that every installation can measure itself; a test holds them to those of
ir-measures.
"""

import math
from collections.abc import Mapping, Sequence

DEPTH = 10
"""How many texts a system is asked for."""
_CUTS = (2, 5, 10)


def measured(found: Sequence[str], gold: Mapping[str, int]) -> dict[str, float]:
    """Every figure of one question, rounded to six places so that what is kept compares equal."""
    figures = {f"recall@{k}": recall(found, gold, k) for k in _CUTS}
    figures |= {f"all@{k}": float(recall(found, gold, k) == 1.0) for k in _CUTS}
    figures["ndcg@10"] = _gain([gold.get(id_, 0) for id_ in found]) / _gain(sorted(gold.values(), reverse=True))
    figures["mrr@10"] = next((1.0 / place for place, id_ in enumerate(found[:DEPTH], 1) if id_ in gold), 0.0)
    return {name: round(value, 6) for name, value in figures.items()}


def recall(found: Sequence[str], gold: Mapping[str, int], k: int) -> float:
    """Share of the gold among the first k; where there is more gold than k, of the k that could be found.

    The capped recall of BEIR (Thakur et al., 2021), which is recall wherever a question has no more gold than k.
    """
    return len(set(found[:k]) & set(gold)) / min(k, len(gold))


def percentile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def percentiles_ms(times_ms: Sequence[float], *shares: int, name: str = "", digits: int = 2) -> dict[str, float]:
    """``NAMEp95_ms`` and the like for each of the shares in percent."""
    return {f"{name}p{share}_ms": round(percentile(times_ms, share / 100), digits) for share in shares}


def _gain(grades: Sequence[int]) -> float:
    """Discounted cumulative gain of the first ten, linear as in trec_eval (Järvelin and Kekäläinen, 2002)."""
    return sum(grade / math.log2(place + 2) for place, grade in enumerate(grades[:DEPTH]))
