"""Quantises a matrix to 8 bits, a symmetric scale for each output."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from models.gguf.file import Floats
from models.gguf.network import Matrix

_PIECE = 1 << 20
"""How many weights are worked on at once: they stay in the cache of a core."""


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
