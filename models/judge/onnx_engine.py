"""The judge by ONNX Runtime, most of it in 8 bits: the fastest where a processor does not multiply in bf16."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from models.e5.activation_ranges import ActivationRanges
from models.e5.batches import Batch
from models.e5.onnx_session import ONE_ROW, OnnxSession
from models.e5.word_vectors import WordVectors
from models.judge.inputs import Floats, pair_inputs
from models.judge.onnx_network import OUTPUTS, network
from models.judge.pairs import Pair
from models.judge.weights_file import JudgeFile


class OnnxReader:
    """Runs batches of one pair, one on each core; without ranges in 32 bits."""

    name = "onnx"
    padded_tokens = width_multiple = ONE_ROW

    def __init__(
        self, file: JudgeFile, words: WordVectors, ranges: ActivationRanges | None, *, threads: int | None = None
    ) -> None:
        self._words = words
        self._session = OnnxSession(network(file, ranges), threads=threads)
        self.precision = "f32" if ranges is None else "int8"

    def read(self, batches: Iterable[Batch], pairs: Sequence[Pair]) -> Iterator[tuple[Floats, Floats]]:
        """Class scores (n, 3) and relevance scores (n,) of batches without padding, in their order."""
        for classes, relevance in self._session.each(OUTPUTS, batches, lambda b: named_inputs(self._words, pairs, b)):
            yield classes, relevance.reshape(-1)


def named_inputs(words: WordVectors, pairs: Sequence[Pair], batch: Batch) -> dict[str, Any]:
    """What the network is given for a batch."""
    given = pair_inputs(words, pairs, batch)
    return {"summed": given.summed, "second": given.second}
