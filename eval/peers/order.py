"""The best rows of an array of scores."""

import numpy as np
import numpy.typing as npt


def best(scores: npt.NDArray[np.floating], k: int) -> list[int]:
    """Rows of the k highest scores, ties in the order of the rows."""
    return [int(row) for row in np.argsort(-scores, kind="stable")[:k]]


def min_max(scores: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    """Scores stretched to [0, 1]; all 1 where they are equal."""
    low, high = float(scores.min()), float(scores.max())
    if high <= low:
        return np.ones(len(scores))
    return (scores.astype(np.float64) - low) / (high - low)
