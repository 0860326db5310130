"""How the cost of a corpus is told, and how it grows with the corpus."""

from collections.abc import Sequence

import numpy as np
from scipy.stats import linregress

from eval.retrieval.metrics import percentile


def latency_of(part: str, times_ms: Sequence[float]) -> dict[str, float]:
    """Percentiles of the times of a part, milliseconds of a question on the thread that answers it."""
    return {f"{part}_p{share}_ms": round(percentile(times_ms, share / 100), 3) for share in (50, 95, 99)}


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> float | None:
    """The power of the size with which a cost grows: the slope of a straight line through the logarithms.

    None where there are fewer than two sizes or a cost is nothing.
    """
    if len(set(sizes)) < 2 or min(costs) <= 0.0:
        return None
    return float(linregress(np.log(sizes), np.log(costs)).slope)
