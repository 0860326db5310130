"""Matrices in 8 bits, a symmetric scale for each output, as OpenVINO multiplies them with rows in 8 bits.

On a processor with VNNI or AMX this is three to four times as fast as 16 or 32 bits (`docs/decisions/0216`).
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

_PIECE = 1 << 20
"""How many weights are worked on at once: they stay in the cache of a core."""


@dataclass(frozen=True, slots=True)
class Matrix:
    """A matrix of (outputs, inputs) in 8 bits, with a scale for each output, shape (outputs, 1)."""

    values: npt.NDArray[np.int8]
    scales: Floats

    def node(self, *, shared: bool = False) -> Any:
        """The matrix as an OpenVINO node in f32, which stays in 8 bits in memory.

        Where ``shared``, the values are not copied, and must outlive the graph.
        """
        from openvino import opset13 as op

        values = op.constant(self.values, shared_memory=shared)
        return op.multiply(op.convert(values, "f32"), op.constant(self.scales))


def options(group: int) -> dict[str, str]:
    """What a graph with such matrices is compiled with; ``group`` values of a row share a scale, a multiple of 32.

    The rest is in 32 bits on every machine: by default results would depend on what the processor can do.
    """
    return {"INFERENCE_PRECISION_HINT": "f32", "DYNAMIC_QUANTIZATION_GROUP_SIZE": str(group)}


def quantise(shape: tuple[int, int], weights: Callable[[slice], Floats]) -> Matrix:
    """The matrix of (outputs, inputs) whose rows ``weights`` gives, worked on by all cores."""
    outputs, inputs = shape
    matrix = Matrix(np.empty(shape, np.int8), np.empty((outputs, 1), np.float32))

    def fill(first: int) -> None:
        rows = slice(first, min(first + step, outputs))
        floats = weights(rows)
        scales = np.abs(floats).max(axis=1, keepdims=True) / np.float32(127)
        scales[scales == 0] = 1
        matrix.values[rows] = np.rint(floats / scales)
        matrix.scales[rows] = scales

    step = max(1, _PIECE // inputs)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(fill, range(0, outputs, step)))
    return matrix
