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
    pairs = training_pairs(examples, E5Tokenizer(weights))
    order = sorted(range(len(pairs)), key=lambda i: len(pairs[i].pair.ids))
    made = np.zeros((len(pairs), len(LABELS)))
    network.eval()
    with torch.no_grad():
        for start in range(0, len(order), _BATCH):
            places = order[start : start + _BATCH]
            batch = tensors_of([pairs[i] for i in places], weights.pad)
            logits, _ = network(batch.ids, batch.present, batch.second)
            made[places] = logits.softmax(-1).numpy()
    return made
