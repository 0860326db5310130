"""Examples as batches of token ids."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from models.e5.tokenizer import E5Tokenizer
from models.judge.pairs import Pair, encoded_pairs
from training.judge.examples import Example

WIDTH_MULTIPLE = 16
"""Widths are rounded up, so that few different shapes occur: each new shape is compiled and cached."""

_TARGETS = {
    "supported": (1.0, 0.0, 0.0),
    "contradicted": (0.0, 1.0, 0.0),
    "unsupported": (0.0, 0.0, 1.0),
    "wrong": (0.0, 1.0, 1.0),
    "relevant": (0.0, 0.0, 0.0),
    "irrelevant": (0.0, 0.0, 0.0),
}


@dataclass(frozen=True, slots=True)
class TrainingPair:
    """A pair with what it teaches: classes that are right (any of those with 1), and relevance (-1 where unknown)."""

    pair: Pair
    target: tuple[float, float, float]
    relevant: float


@dataclass(frozen=True, slots=True)
class PairBatch:
    """Padded tensors of one step."""

    ids: torch.Tensor
    present: torch.Tensor
    second: torch.Tensor
    target: torch.Tensor
    relevant: torch.Tensor


def training_pairs(examples: Sequence[Example], tokenizer: E5Tokenizer) -> list[TrainingPair]:
    """Examples with their token ids."""
    ranked = {"relevant": 1.0, "irrelevant": 0.0}
    pairs = encoded_pairs(
        tokenizer,
        [e.claim for e in examples],
        [e.evidence for e in examples],
        [e.role for e in examples],
    )
    return [TrainingPair(p, _TARGETS[e.label], ranked.get(e.label, -1.0)) for p, e in zip(pairs, examples, strict=True)]


def batches_of(pairs: Sequence[TrainingPair], *, tokens: int, seed: int) -> Iterator[list[TrainingPair]]:
    """Batches of about ``tokens`` padded tokens, of pairs of like length, in a random order fixed by the seed."""
    order = random.Random(seed)
    keyed = sorted(pairs, key=lambda p: len(p.pair.ids) + order.random() * 12)
    made: list[list[TrainingPair]] = []
    batch: list[TrainingPair] = []
    for pair in keyed:
        width = -(-len(pair.pair.ids) // WIDTH_MULTIPLE) * WIDTH_MULTIPLE
        if batch and len(batch) + 1 > max(1, tokens // width // 4 * 4):
            made.append(batch)
            batch = []
        batch.append(pair)
    if batch:
        made.append(batch)
    order.shuffle(made)
    yield from made


def tensors_of(batch: Sequence[TrainingPair], pad: int) -> PairBatch:
    """A batch as tensors."""
    width = -(-max(len(p.pair.ids) for p in batch) // WIDTH_MULTIPLE) * WIDTH_MULTIPLE
    ids = np.full((len(batch), width), pad, np.int64)
    present = np.zeros((len(batch), width), np.float32)
    second = np.zeros((len(batch), width), np.float32)
    for row, p in enumerate(batch):
        length = len(p.pair.ids)
        ids[row, :length], present[row, :length], second[row, p.pair.second_at : length] = p.pair.ids, 1.0, 1.0
    return PairBatch(
        torch.from_numpy(ids),
        torch.from_numpy(present),
        torch.from_numpy(second),
        torch.tensor([p.target for p in batch]),
        torch.tensor([p.relevant for p in batch]),
    )
