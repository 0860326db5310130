"""The embedder by ONNX Runtime, most of it in 8 bits: the fastest where a processor does not multiply in bf16."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from models.e5.activation_ranges import ActivationRanges
from models.e5.batches import Batch
from models.e5.onnx_network import network
from models.e5.onnx_session import ONE_ROW, OnnxSession
from models.e5.weights_file import WeightsFile
from models.e5.word_vectors import WordVectors
from models.protocols import Vectors


class OnnxEngine:
    """Runs batches of one text; without ranges in 32 bits."""

    padded_tokens = width_multiple = ONE_ROW

    def __init__(self, weights: WeightsFile, ranges: ActivationRanges | None, *, threads: int | None = None) -> None:
        self._inputs = partial(inputs, WordVectors(weights))
        self._session = OnnxSession(network(weights, ranges), threads=threads)
        self.precision = "f32" if ranges is None else "int8"

    def embed(self, batches: Iterable[Batch]) -> Iterator[Vectors]:
        """Unit vectors of batches without padding in their order."""
        for (vectors,) in self._session.each(["vectors"], batches, self._inputs):
            yield vectors


def inputs(words: WordVectors, batch: Batch) -> dict[str, Any]:
    """What the network is given for a batch."""
    return {"summed": words.of(batch)}
