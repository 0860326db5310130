"""A network of ONNX Runtime that runs one batch on each core; two networks that are asked at once share the cores.

A batch on one core each is faster than one on all: no core waits for another in the middle of it.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from models.e5.batches import Batch
from models.errors import ModelUnavailable

ONE_ROW = 1
"""``padded_tokens`` and ``width_multiple`` of a batch that is one row without padding. Larger batches are no faster,
attention needs no mask, and another caller waits for a row or two."""
_SLOW_FUSIONS = ["SkipLayerNormFusion"]
"""ONNX Runtime adds and normalises in one operator that takes four times as long as the two."""


class OnnxSession:
    """The model ready to run. Safe to share between threads. Raises ModelUnavailable where ONNX Runtime refuses it."""

    def __init__(self, model: bytes, *, threads: int | None = None) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        try:
            self._session = onnxruntime.InferenceSession(
                model, options, providers=["CPUExecutionProvider"], disabled_optimizers=_SLOW_FUSIONS
            )
        except Exception as error:  # its errors have no class of their own but this
            raise ModelUnavailable(f"ONNX Runtime cannot build the network: {error}") from error
        self._at_once = threads or os.cpu_count() or 1
        self._pool = ThreadPoolExecutor(self._at_once, "onnx")

    def each(
        self, outputs: list[str], batches: Iterable[Batch], inputs: Callable[[Batch], dict[str, Any]]
    ) -> Iterator[list[Any]]:
        """The outputs of each batch in their order; ``inputs`` lays a batch out on the core that runs it.

        At most one batch of a caller waits for a core, so that another caller gets one soon. Raises ValueError for a
        batch with padding.
        """

        def run(batch: Batch) -> list[Any]:
            if not batch.present.all():
                raise ValueError("a batch has padding, which a network without a mask would read as tokens")
            found: list[Any] = self._session.run(outputs, inputs(batch))
            return found

        running: deque[Future[list[Any]]] = deque()
        for batch in batches:
            if len(running) > self._at_once:
                yield running.popleft().result()
            running.append(self._pool.submit(run, batch))
        while running:
            yield running.popleft().result()
