"""The thresholds that make labels of a judge's probabilities, and how they are set."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from eval.claims.domain import LABELS
from models.judge.decision import decided
from training.judge.examples import Example

Array = npt.NDArray[np.float64]
_LET_THROUGH = 0.15
_LOST = 0.05


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The share of supported from which a claim passes, and the factor on unsupported that contradicted must beat."""

    supported: float
    contradicted: float


def labels_of(p: Array, thresholds: Thresholds) -> npt.NDArray[np.int64]:
    """Class numbers by the rule that the product follows; ``p`` has the shape (n, 3)."""
    return decided(p, supported=thresholds.supported, contradicted=thresholds.contradicted)


def truth_of(examples: Sequence[Example]) -> npt.NDArray[np.int64]:
    """Class numbers of the right labels, in the order of ``LABELS``."""
    return np.array([LABELS.index(e.label) for e in examples])


def calibrated(p: Array, examples: Sequence[Example]) -> Thresholds:
    """The thresholds of the best balanced accuracy on examples that no training read.

    Only thresholds that let through at most 15 % of the wrong claims are compared: a wrong sentence misleads, a held
    one is missed. All are where none does.
    """
    truth = truth_of(examples)
    grid = [Thresholds(s, c) for s in np.arange(0.2, 0.96, 0.02) for c in (0.4, 0.6, 0.8, 1.0, 1.25, 1.6, 2.2)]
    strict = [t for t in grid if (labels_of(p, t)[truth > 0] == 0).mean() <= _LET_THROUGH]
    best = max(strict or grid, key=lambda t: (balanced_accuracy(labels_of(p, t), truth), -abs(t.supported - 0.5)))
    return Thresholds(round(float(best.supported), 2), best.contradicted)


def least_relevance(relevance: Array, relevant: npt.NDArray[np.bool_]) -> float:
    """The relevance from which a question is answered: the best balanced accuracy, at most a twentieth of answers lost.

    ``relevance`` is that of the best text found for each question, 0 to 1, shape (n,); ``relevant`` says which
    questions a text answers.
    """
    grid = np.arange(0.02, 0.99, 0.01)
    right, wrong = relevance[relevant], relevance[~relevant]
    strict = [t for t in grid if (right < t).mean() <= _LOST]
    return round(float(max(strict or grid, key=lambda t: (right >= t).mean() + (wrong < t).mean())), 2)


def balanced_accuracy(found: npt.NDArray[np.int64], truth: npt.NDArray[np.int64]) -> float:
    """Mean recall of the three labels; those that do not occur do not count."""
    return float(np.mean([(found[truth == k] == k).mean() for k in range(len(LABELS)) if (truth == k).any()]))
