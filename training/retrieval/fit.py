"""Fitting the weights: the chance that the next passage is a gold one, by a softmax over the candidates."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import minimize

from retrieval.arrays import Floats
from training.retrieval.examples import Example

_LEAST = 1e-12


def fitted(examples: Sequence[Example], *, penalty: float, given: Floats | None = None) -> Floats:
    """A weight a feature, which the mean of minus the logarithm of that chance is least for.

    ``penalty`` times the sum of the squared weights of standardised features is added. ``given`` are scores to which
    the weighted features are added, for all rows one after another. Deterministic.
    """
    features = np.concatenate([e.features for e in examples])
    gold = np.concatenate([e.gold for e in examples])
    ends = np.cumsum([len(e.gold) for e in examples])
    starts = np.concatenate([[0], ends[:-1]])
    sizes = ends - starts
    spread = features.std(axis=0)
    spread[spread < _LEAST] = np.inf
    scaled = (features - features.mean(axis=0)) / spread

    def loss(weights: Floats) -> tuple[float, Floats]:
        scores = scaled @ weights if given is None else scaled @ weights + given
        scores -= np.repeat(np.maximum.reduceat(scores, starts), sizes)
        odds = np.exp(scores)
        every, right = np.add.reduceat(odds, starts), np.add.reduceat(odds * gold, starts)
        value = -np.log(np.maximum(right, _LEAST) / every).mean() + penalty * float(weights @ weights)
        pull = odds / np.repeat(every, sizes) - odds * gold / np.repeat(np.maximum(right, _LEAST), sizes)
        return float(value), scaled.T @ pull / len(examples) + 2.0 * penalty * weights

    found = minimize(loss, np.zeros(features.shape[1]), jac=True, method="L-BFGS-B")
    return np.asarray(found.x / spread, np.float64)
