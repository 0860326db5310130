"""The network by ONNX Runtime, most of it in 8 bits: the fastest where a processor does not multiply in bf16."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from models.e5.activation_ranges import ActivationRanges
from models.e5.batches import Batch
from models.e5.onnx_network import network
from models.e5.weights_file import WeightsFile
from models.e5.word_vectors import WordVectors
from models.errors import ModelUnavailable
from models.protocols import Vectors

_SLOW_FUSIONS = ["SkipLayerNormFusion"]
"""ONNX Runtime adds and normalises in one operator that takes four times as long as the two."""


class OnnxEngine:
    """Runs batches of token ids, one on each core; without ranges in 32 bits.

    A batch on one core each is faster than one on all: no core waits for another in the middle of it.
    """

    padded_tokens = 384
    width_multiple = 4

    def __init__(self, weights: WeightsFile, ranges: ActivationRanges | None, *, threads: int | None = None) -> None:
        self._words = WordVectors(weights)
        self._session = session(network(weights, ranges))
        self.precision = "f32" if ranges is None else "int8"
        self._at_once = threads or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self._at_once, "embedder")

    def embed(self, batches: Iterable[Batch]) -> Iterator[Vectors]:
        """Unit vectors of padded batches in their order.

        At most one batch of a caller waits for a core, so that a question gets one soon.
        """
        running: deque[Future[Vectors]] = deque()
        for batch in batches:
            if len(running) > self._at_once:
                yield running.popleft().result()
            running.append(self._pool.submit(self._run, batch))
        while running:
            yield running.popleft().result()

    def _run(self, batch: Batch) -> Vectors:
        vectors: Vectors = self._session.run(["vectors"], inputs(self._words, batch))[0]
        return vectors


def session(model: bytes) -> Any:
    """The model ready to run, each call on one thread; raises ModelUnavailable where ONNX Runtime refuses it."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOW_FUSIONS
        )
    except Exception as error:  # its errors have no class of their own but this
        raise ModelUnavailable(f"ONNX Runtime cannot build the embedder: {error}") from error


def inputs(words: WordVectors, batch: Batch) -> dict[str, Any]:
    """What the network is given for a batch."""
    summed, present = words.of(batch)
    return {"summed": summed, "present": present.astype(np.float32), "mask": present.astype(np.int32)}
