"""Multinomial logistic regression by L-BFGS, deterministic."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import log_softmax

Array = npt.NDArray[np.float64]


def softmax_regression(
    features: csr_matrix, wanted: Sequence[str], *, penalties: Array, steps: int
) -> tuple[list[str], Array]:
    """The labels in order, and weights of shape (features, labels) that tell which is wanted in each row.

    The sum that is least: minus the logarithm of the likelihood, and each weight's square times its feature's penalty.
    """
    labels = sorted(set(wanted))
    chosen = np.eye(len(labels))[[labels.index(label) for label in wanted]]
    turned = features.T.tocsr()

    def loss(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(-1, len(labels))
        logs = log_softmax(features @ weights, axis=1)
        pulled = penalties[:, None] * weights
        cost = float((pulled * weights).sum() - (chosen * logs).sum())
        return cost, (turned @ (np.exp(logs) - chosen) + 2 * pulled).ravel()

    start = np.zeros(features.shape[1] * len(labels))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": steps})
    return labels, np.asarray(found.x).reshape(-1, len(labels))
