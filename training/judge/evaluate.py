"""What a trained network says of labelled examples."""

from collections.abc import Sequence

import numpy as np
import torch

from eval.claims.domain import LABELS
from models.e5.tokenizer import E5Tokenizer
from models.e5.weights_file import WeightsFile
from training.judge.examples import Example
from training.judge.network import JudgeNetwork
from training.judge.pairs import tensors_of, training_pairs
from training.judge.thresholds import Array

_BATCH = 48


def probabilities(network: JudgeNetwork, weights: WeightsFile, examples: Sequence[Example]) -> Array:
    """Class probabilities, shape (n, 3) in the order of ``LABELS``."""
    return _read(network, weights, examples)[0]


def relevance(network: JudgeNetwork, weights: WeightsFile, examples: Sequence[Example]) -> Array:
    """How well each example's text answers its question, 0 to 1, shape (n,)."""
    return _read(network, weights, examples)[1]


def _read(network: JudgeNetwork, weights: WeightsFile, examples: Sequence[Example]) -> tuple[Array, Array]:
    pairs = training_pairs(examples, E5Tokenizer(weights))
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i].pair.ids))
    classes, relevant = np.zeros((len(pairs), len(LABELS))), np.zeros(len(pairs))
    network.eval()
    with torch.no_grad():
        for start in range(0, len(order), _BATCH):
            places = order[start : start + _BATCH]
            batch = tensors_of([pairs[i] for i in places], weights.pad)
            logits, near = network(batch.ids, batch.present, batch.second)
            classes[places], relevant[places] = logits.softmax(-1).numpy(), near.sigmoid().numpy()
    return classes, relevant
