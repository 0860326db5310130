"""Measures the ranges of what goes into the matrices of a network with the embedder's layers."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.e5.activation_ranges import SITES, ActivationRanges
from models.e5.batches import Batch, batches
from models.e5.onnx_graph import NetworkParameters
from models.e5.onnx_network import matrix_names
from models.e5.onnx_session import PADDED_TOKENS, WIDTH_MULTIPLE, OnnxSession
from models.e5.weights_file import fingerprint

ALPHA = 0.65
"""How much of a channel's range is given to the matrix; .5 and .8 moved the embedder's vectors further."""
_SMALLEST = 1e-6
_AT_ONCE = 2
"""Batches that run at once: what goes into all matrices of one takes 21 MB."""

Floats = npt.NDArray[np.float32]
Rows = Sequence[Sequence[int]]


def fit(
    parameters: NetworkParameters,
    watched: bytes,
    parts: Sequence[Batch],
    inputs: Callable[[Batch], dict[str, Any]],
    weights: Path,
) -> ActivationRanges:
    """The ranges of the batches, and the factors of their channels.

    ``watched`` is the network in 32 bits that gives what goes into its matrices, ``weights`` its file.
    """
    shape = parameters.configuration
    sites = [(layer, site) for layer in range(shape.layers) for site in SITES]
    lowest = np.full((len(sites), shape.hidden), np.inf, np.float32)
    highest = -lowest
    outputs = [f"{layer}.{site}" for layer, site in sites]
    for batch, found in zip(parts, OnnxSession(watched, threads=_AT_ONCE).each(outputs, parts, inputs), strict=True):
        present = np.arange(batch.ids.shape[1]) < batch.lengths[:, None]
        for at, rows in enumerate(found):
            lowest[at] = np.minimum(lowest[at], rows[present].min(axis=0))
            highest[at] = np.maximum(highest[at], rows[present].max(axis=0))
    largest = np.stack([_largest(parameters, matrix_names(*at)) for at in sites])
    seen = np.maximum(np.abs(lowest), np.abs(highest))
    factors = (seen + _SMALLEST) ** ALPHA / (largest + _SMALLEST) ** (1 - ALPHA)
    by_site = shape.layers, len(SITES)
    return ActivationRanges(
        factors.reshape(*by_site, -1).astype(np.float32),
        np.minimum((lowest / factors).min(axis=1), 0).reshape(by_site).astype(np.float32),
        np.maximum((highest / factors).max(axis=1), 0).reshape(by_site).astype(np.float32),
        fingerprint(weights),
    )


def onnx_batches(rows: Rows, pad: int) -> list[Batch]:
    """The rows in batches as ONNX Runtime is given them."""
    return list(batches(rows, pad=pad, padded_tokens=PADDED_TOKENS, multiple=WIDTH_MULTIPLE))


def _largest(parameters: NetworkParameters, matrices: Sequence[str]) -> Floats:
    """The largest weight that each channel meets."""
    largest: Floats = np.max([np.abs(parameters.values(f"{name}.w")).max(axis=0) for name in matrices], axis=0)
    return largest
