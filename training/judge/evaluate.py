"""What a trained network says of labelled examples, and the thresholds that fit its probabilities."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from models.e5.tokenizer import E5Tokenizer
from models.e5.weights_file import WeightsFile
from training.judge.examples import Example
from training.judge.network import CLASSES, JudgeNetwork
from training.judge.pairs import tensors_of, training_pairs

Array = npt.NDArray[np.float64]
_BATCH = 48
_LET_THROUGH = 0.1


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The share of supported from which a claim passes, and the factor on unsupported that contradicted must beat."""

    supported: float
    contradicted: float


def probabilities(network: JudgeNetwork, weights: WeightsFile, examples: Sequence[Example]) -> Array:
    """Class probabilities, shape (n, 3) in the order of ``CLASSES``."""
    pairs = training_pairs(examples, E5Tokenizer(weights))
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i].pair.ids))
    made = np.zeros((len(pairs), len(CLASSES)))
    network.eval()
    with torch.no_grad():
        for start in range(0, len(order), _BATCH):
            places = order[start : start + _BATCH]
            batch = tensors_of([pairs[i] for i in places], weights.pad)
            logits, _ = network(batch.ids, batch.present, batch.second)
            made[places] = logits.softmax(-1).numpy()
    return made


def labels_of(p: Array, thresholds: Thresholds) -> npt.NDArray[np.int64]:
    """Class numbers by the rule that the product follows."""
    passed = p[:, 0] >= np.maximum(thresholds.supported, p[:, 1])
    against = p[:, 1] > thresholds.contradicted * p[:, 2]
    return np.where(passed, 0, np.where(against, 1, 2))


def calibrated(p: Array, examples: Sequence[Example]) -> Thresholds:
    """The thresholds of the best balanced accuracy on examples that no training read.

    Only thresholds that let through at most a tenth of the wrong claims are compared: a wrong sentence misleads, a held
    one is missed. All are where none does.
    """
    truth = _truth(examples)
    grid = [Thresholds(s, c) for s in np.arange(0.2, 0.96, 0.02) for c in (0.4, 0.6, 0.8, 1.0, 1.25, 1.6, 2.2)]
    strict = [t for t in grid if (labels_of(p, t)[truth > 0] == 0).mean() <= _LET_THROUGH]
    best = max(strict or grid, key=lambda t: (balanced_accuracy(labels_of(p, t), truth), -abs(t.supported - 0.5)))
    return Thresholds(round(float(best.supported), 2), best.contradicted)


def balanced_accuracy(found: npt.NDArray[np.int64], truth: npt.NDArray[np.int64]) -> float:
    """Mean recall of the three labels; those that do not occur do not count."""
    return float(np.mean([(found[truth == k] == k).mean() for k in range(len(CLASSES)) if (truth == k).any()]))


def figures(p: Array, examples: Sequence[Example], thresholds: Thresholds) -> dict[str, object]:
    """Figures by language and by error type, as the model card shows them."""
    truth, found = _truth(examples), labels_of(p, thresholds)
    made: dict[str, object] = {"n": len(examples)}
    for language in sorted({e.language for e in examples}):
        own = np.array([e.language == language for e in examples])
        made[language] = {
            "balanced_accuracy": round(balanced_accuracy(found[own], truth[own]), 3),
            "wrong_let_through": round(float((found[own & (truth > 0)] == 0).mean()), 3),
            "supported_held": round(float((found[own & (truth == 0)] > 0).mean()), 3),
        }
    types = sorted({e.type for e in examples})
    made["by_type"] = {
        t: round(float((found == truth)[np.array([e.type == t for e in examples])].mean()), 3) for t in types
    }
    return made


def _truth(examples: Sequence[Example]) -> npt.NDArray[np.int64]:
    return np.array([CLASSES.index(e.label) for e in examples])
