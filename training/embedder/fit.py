"""Measures the ranges of what goes into the embedder's matrices, and how far rounding moves its vectors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.e5.activation_ranges import SITES, ActivationRanges
from models.e5.batches import Batch, batches
from models.e5.embedder import vectors_of
from models.e5.onnx_engine import OnnxEngine, inputs, session
from models.e5.onnx_network import matrix, network
from models.e5.weights_file import WeightsFile, fingerprint
from models.e5.word_vectors import WordVectors

ALPHA = 0.65
"""How much of a channel's range is given to the matrix; .5 and .8 moved the vectors further."""
_NEAREST = 10
_SMALLEST = 1e-6

Floats = npt.NDArray[np.float32]
Rows = Sequence[Sequence[int]]


@dataclass(frozen=True, slots=True)
class Distance:
    """Cosine of vectors with those in 32 bits, and the share of the ten nearest that stays the same."""

    cosine_mean: float
    cosine_least: float
    nearest_same: float


def fit(weights: WeightsFile, rows: Rows) -> ActivationRanges:
    """The ranges of the token rows, and the factors of their channels."""
    shape = weights.configuration
    watching, words = session(network(weights, None, watched=True)), WordVectors(weights)
    names = [f"{layer}.{site}" for layer in range(shape.layers) for site in SITES]
    lowest = np.full((len(names), shape.hidden), np.inf, np.float32)
    highest = -lowest
    for batch in _batches(weights, rows):
        given = inputs(words, batch)
        for at, found in enumerate(watching.run(names, given)):
            seen = found[given["mask"].astype(bool)]
            lowest[at] = np.minimum(lowest[at], seen.min(axis=0))
            highest[at] = np.maximum(highest[at], seen.max(axis=0))
    largest = np.stack([np.abs(matrix(weights, *_parts(name))).max(axis=0) for name in names])
    seen = np.maximum(np.abs(lowest), np.abs(highest))
    factors = (seen + _SMALLEST) ** ALPHA / (largest + _SMALLEST) ** (1 - ALPHA)
    by_site = shape.layers, len(SITES)
    return ActivationRanges(
        factors.reshape(*by_site, -1).astype(np.float32),
        np.minimum((lowest / factors).min(axis=1), 0).reshape(by_site).astype(np.float32),
        np.maximum((highest / factors).max(axis=1), 0).reshape(by_site).astype(np.float32),
        fingerprint(weights.path),
    )


def distance(weights: WeightsFile, ranges: ActivationRanges, rows: Rows) -> Distance:
    """How far the ranges move the vectors of the token rows."""
    exact, rounded = (vectors_of(OnnxEngine(weights, r), rows, weights.pad) for r in (None, ranges))
    cosine = (exact * rounded).sum(axis=1)
    before, after = (_nearest(vectors) for vectors in (exact, rounded))
    same = [len(set(a) & set(b)) / len(a) for a, b in zip(before.tolist(), after.tolist(), strict=True)]
    return Distance(float(cosine.mean()), float(cosine.min()), float(np.mean(same)))


def _nearest(vectors: Floats) -> npt.NDArray[np.int64]:
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, -1)
    return np.argsort(-alike, axis=1)[:, :_NEAREST]


def _batches(weights: WeightsFile, rows: Rows) -> Iterator[Batch]:
    return batches(rows, pad=weights.pad, padded_tokens=OnnxEngine.padded_tokens, multiple=OnnxEngine.width_multiple)


def _parts(name: str) -> tuple[int, str]:
    layer, site = name.split(".")
    return int(layer), site
