"""The embedder's ranges, and how far rounding in them moves its vectors."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt

from models.e5.activation_ranges import ActivationRanges
from models.e5.embedder import vectors_of
from models.e5.onnx_engine import OnnxEngine, inputs
from models.e5.onnx_network import network
from models.e5.weights_file import WeightsFile
from models.e5.word_vectors import WordVectors
from training.activation_ranges import Floats, Rows, fit, onnx_batches

_NEAREST = 10


@dataclass(frozen=True, slots=True)
class Distance:
    """Cosine of vectors with those in 32 bits, and the share of the ten nearest that stays the same."""

    cosine_mean: float
    cosine_least: float
    nearest_same: float


def ranges_of_embedder(weights: WeightsFile, rows: Rows) -> ActivationRanges:
    """The ranges of the token rows."""
    parts = onnx_batches(rows, weights.pad)
    return fit(
        weights, network(weights, None, watched=True), parts, partial(inputs, WordVectors(weights)), weights.path
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
