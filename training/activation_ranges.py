"""Measures the ranges of what goes into the matrices of a network with the embedder's layers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.e5.activation_ranges import SITES, ActivationRanges, Places, Rounding, exact_channels
from models.e5.batches import Batch, batches
from models.e5.onnx_graph import NetworkParameters
from models.e5.onnx_network import matrix_names
from models.e5.onnx_session import ONE_ROW, OnnxSession
from models.e5.weights_file import fingerprint

ALPHA = 0.65
"""How much of a channel's range is given to the matrix; .5 and .8 moved the embedder's vectors further."""
_SMALLEST = 1e-6
_AT_ONCE = 2
"""Batches that run at once: what goes into all matrices of one takes at most 66 MB."""

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
    outputs = [f"{layer}.{site}" for layer, site in sites]
    least: list[Any] = [np.inf] * len(sites)
    most: list[Any] = [-np.inf] * len(sites)
    for found in OnnxSession(watched, threads=_AT_ONCE).each(outputs, parts, inputs):
        for at, rows in enumerate(found):
            least[at] = np.minimum(least[at], rows.min(axis=(0, 1)))
            most[at] = np.maximum(most[at], rows.max(axis=(0, 1)))
    made = {at: _fitted(parameters, *at, lo, hi) for at, lo, hi in zip(sites, least, most, strict=True)}

    def of_layers(part: str, *chosen: str) -> Any:
        return np.array([[getattr(made[layer, site], part) for site in chosen] for layer in range(shape.layers)])

    return ActivationRanges(
        of_layers("factors", *SITES[:-1]),
        of_layers("factors", SITES[-1])[:, 0],
        of_layers("lowest", *SITES),
        of_layers("highest", *SITES),
        of_layers("exact", SITES[-1])[:, 0],
        fingerprint(weights),
    )


def onnx_batches(rows: Rows, pad: int) -> list[Batch]:
    """The rows in batches as ONNX Runtime is given them."""
    return list(batches(rows, pad=pad, padded_tokens=ONE_ROW, multiple=ONE_ROW))


@dataclass(frozen=True, slots=True)
class _Fitted(Rounding):
    """A rounding, and the channels that stay in 32 bits; the factors are those of the others."""

    exact: Places


def _fitted(parameters: NetworkParameters, layer: int, site: str, least: Floats, most: Floats) -> _Fitted:
    matrix = np.concatenate([parameters.values(f"{name}.w") for name in matrix_names(layer, site)])
    seen = np.maximum(np.abs(least), np.abs(most))
    adds = np.argsort(seen * np.linalg.norm(matrix, axis=0), kind="stable")
    exact = np.sort(adds[len(adds) - (exact_channels(len(adds)) if site == "fo" else 0) :])
    kept = np.setdiff1d(adds, exact)
    factors = (seen[kept] + _SMALLEST) ** ALPHA / (np.abs(matrix[:, kept]).max(axis=0) + _SMALLEST) ** (1 - ALPHA)
    lowest, highest = min((least[kept] / factors).min(), 0), max((most[kept] / factors).max(), 0)
    return _Fitted(factors.astype(np.float32), np.float32(lowest), np.float32(highest), exact)
