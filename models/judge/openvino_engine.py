"""The judge's network by OpenVINO, its matrices in 8 bits."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from models.e5.batches import Batch
from models.e5.openvino_engine import compiled, encoder
from models.e5.word_vectors import WordVectors
from models.eight_bits import options, quantise
from models.judge.inputs import Floats, pair_inputs
from models.judge.pairs import Pair
from models.judge.weights_file import GROUP, JudgeFile
from models.turns import Turns


class OpenVinoReader:
    """Runs batches of pairs, one after the other."""

    name = "openvino"
    precision = "int8"
    padded_tokens = 2048
    width_multiple = 16

    def __init__(self, file: JudgeFile, words: WordVectors, *, threads: int | None = None) -> None:
        self._words = words
        self._request = compiled(_graph(file), threads, options(GROUP))
        self._turns = Turns()

    def read(self, batches: Iterable[Batch], pairs: Sequence[Pair]) -> Iterator[tuple[Floats, Floats]]:
        """Class scores (n, 3) and relevance scores (n,) of padded batches in their order."""
        for batch in batches:
            given = list(pair_inputs(self._words, pairs, batch))
            with self._turns:
                self._request.infer(given)
                classes, relevance = (np.array(self._request.get_output_tensor(i).data, np.float32) for i in (0, 1))
            yield classes, relevance.reshape(-1)


def _graph(file: JudgeFile) -> Any:
    import openvino as ov
    from openvino import opset13 as op

    tensors = _EightBitTensors(file)
    embedded = op.parameter([-1, -1, file.configuration.hidden], ov.Type.f32, name="embedded")
    present = op.parameter([-1, -1], ov.Type.f32, name="present")
    second = op.parameter([-1, -1], ov.Type.f32, name="second")
    x = encoder(embedded, present, tensors)

    def mean(chosen: Any) -> Any:
        weight = op.unsqueeze(chosen, op.constant([2], ov.Type.i32))
        total = op.reduce_sum(op.multiply(x, weight), op.constant([1], ov.Type.i32))
        return op.divide(total, op.maximum(op.reduce_sum(weight, op.constant([1], ov.Type.i32)), np.float32(1)))

    def dense(rows: Any, name: str) -> Any:
        product = op.matmul(rows, tensors.matrix(f"{name}.w"), False, True)
        return op.add(product, file.floats(f"{name}.b")[None, :])

    a, b = mean(op.subtract(present, second)), mean(second)
    first = op.gather(x, op.constant(0, ov.Type.i32), op.constant(1, ov.Type.i32))
    features = op.concat([first, a, b, op.abs(op.subtract(a, b)), op.multiply(a, b)], 1)
    inner = op.gelu(dense(features, "inner"), "erf")
    return ov.Model([dense(inner, "classes"), dense(inner, "relevance")], [embedded, present, second], "judge")


class _EightBitTensors:
    """The judge's parameters; matrices in 8 bits have a scale for each row in the place of one for each run."""

    def __init__(self, file: JudgeFile) -> None:
        self._file = file
        self.configuration = file.configuration
        self.floats = file.floats

    def matrix(self, name: str) -> Any:
        """A matrix as an OpenVINO node in f32."""
        values = self._file.values(name)
        return quantise((values.shape[0], values.shape[1]), lambda rows: values[rows]).node()
