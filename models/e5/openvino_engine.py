"""The network of multilingual-e5-small as an OpenVINO graph whose matrices stay in 4 bits.

A post-norm BERT: embeddings, layer norm, then per layer self-attention and an erf-GELU feed-forward, each added and
normed; the mean over all tokens, normalised to length 1.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from models.e5.batches import Batch
from models.e5.weights_file import BLOCK, Configuration, WeightsFile
from models.e5.word_vectors import WordVectors
from models.protocols import Vectors
from models.turns import Turns

_ZERO_POINT = 8
_MASKED = -1e9


class Tensors(Protocol):
    """The parameters of a network of this shape, by the names of the embedder's file."""

    @property
    def configuration(self) -> Configuration:
        """The shape of the network."""

    def floats(self, name: str) -> npt.NDArray[np.float32]:
        """A vector."""

    def matrix(self, name: str) -> Any:
        """A matrix (rows, columns) as an OpenVINO node in f32."""


class FourBitTensors:
    """The embedder's own parameters; matrices stay in 4 bits."""

    def __init__(self, weights: WeightsFile) -> None:
        self._weights = weights

    @property
    def configuration(self) -> Configuration:
        """The shape of the network."""
        return self._weights.configuration

    def floats(self, name: str) -> npt.NDArray[np.float32]:
        """A vector."""
        return self._weights.floats(name)

    def matrix(self, name: str) -> Any:
        """A matrix as u4 with one f16 scale for 32 weights."""
        return _matrix(self._weights, name)


def compiled(model: Any, threads: int | None = None, precision: Mapping[str, str] | None = None) -> Any:
    """A request for the model; by default in bf16 where the processor multiplies it natively, else in f32."""
    import openvino as ov

    options: dict[str, Any] = {
        "INFERENCE_PRECISION_HINT": native_precision(),
        "PERFORMANCE_HINT": "LATENCY",
        "NUM_STREAMS": 1,
        **(precision or {}),
    }
    if threads is not None:
        options["INFERENCE_NUM_THREADS"] = threads
    return ov.Core().compile_model(model, "CPU", options).create_infer_request()


def native_precision() -> str:
    """``bf16`` where the processor multiplies it natively, else ``f32``."""
    import openvino as ov

    return "bf16" if "BF16" in ov.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES") else "f32"


class OpenVinoEngine:
    """Runs batches of token ids; in bf16 where the processor multiplies it natively, else in f32."""

    padded_tokens = 2048
    width_multiple = 16

    def __init__(self, weights: WeightsFile, *, threads: int | None = None) -> None:
        self._words = WordVectors(weights)
        self._request = compiled(graph(weights), threads)
        self.precision = native_precision()
        self._turns = Turns()

    def embed(self, batches: Iterable[Batch]) -> Iterator[Vectors]:
        """Unit vectors of padded batches, one batch after the other; the next is laid out while one runs."""
        following = (self._inputs(batch) for batch in batches)
        inputs = next(following, None)
        while inputs is not None:
            with self._turns:
                self._request.start_async(inputs)
                inputs = next(following, None)
                self._request.wait()
                vectors = np.array(self._request.get_output_tensor(0).data, dtype=np.float32)
            yield vectors

    def _inputs(self, batch: Batch) -> list[npt.NDArray[np.float32]]:
        return [self._words.of(batch), batch.present.astype(np.float32)]


def graph(weights: WeightsFile) -> Any:
    """The network from the sum of the embeddings (n, tokens, hidden) and a 0/1 mask (n, tokens) to unit vectors."""
    import openvino as ov
    from openvino import opset13 as op

    embedded = op.parameter([-1, -1, weights.configuration.hidden], ov.Type.f32, name="embedded")
    present = op.parameter([-1, -1], ov.Type.f32, name="present")
    x = encoder(embedded, present, FourBitTensors(weights))
    weight = op.unsqueeze(present, op.constant([2], ov.Type.i32))
    summed = op.reduce_sum(op.multiply(x, weight), op.constant([1], ov.Type.i32))
    # Normalisation to length 1 makes the division by the number of tokens unnecessary.
    unit = op.normalize_l2(summed, op.constant([1], ov.Type.i32), 1e-12, "max")
    return ov.Model([unit], [embedded, present], "multilingual-e5-small")


def encoder(embedded: Any, present: Any, tensors: Tensors) -> Any:
    """The twelve layers, from summed embeddings (n, tokens, hidden) and a 0/1 mask to token vectors of that shape."""
    import openvino as ov
    from openvino import opset13 as op

    bias = op.unsqueeze(
        op.multiply(op.subtract(present, np.float32(1)), np.float32(-_MASKED)), op.constant([1, 2], ov.Type.i32)
    )
    x = _normed(embedded, tensors, "emb.ln")
    for layer in range(tensors.configuration.layers):
        name = f"l{layer}."
        x = _normed(op.add(x, _attention(x, bias, tensors, name)), tensors, f"{name}aln")
        inner = op.gelu(_linear(x, tensors, f"{name}fi"), "erf")
        x = _normed(op.add(x, _linear(inner, tensors, f"{name}fo")), tensors, f"{name}oln")
    return x


def _attention(x: Any, bias: Any, weights: Tensors, name: str) -> Any:
    import openvino as ov
    from openvino import opset13 as op

    heads, hidden = weights.configuration.heads, weights.configuration.hidden
    split = op.constant([0, 0, heads, hidden // heads], ov.Type.i32)
    order = op.constant([0, 2, 1, 3], ov.Type.i32)
    q, k, v = (op.transpose(op.reshape(_linear(x, weights, name + p), split, True), order) for p in "qkv")
    scale = op.constant(np.float32((hidden // heads) ** -0.5))
    wait_while_alive = op.scaled_dot_product_attention(q, k, v, bias, scale)
    joined = op.reshape(op.transpose(wait_while_alive, order), op.constant([0, 0, hidden], ov.Type.i32), True)
    return _linear(joined, weights, f"{name}ao")


def _linear(x: Any, weights: Tensors, name: str) -> Any:
    from openvino import opset13 as op

    return op.add(op.matmul(x, weights.matrix(f"{name}.w"), False, True), weights.floats(f"{name}.b")[None, None, :])


def _normed(x: Any, weights: Tensors, name: str) -> Any:
    import openvino as ov
    from openvino import opset13 as op

    axes = op.constant([2], ov.Type.i32)
    normal = op.mvn(x, axes, True, weights.configuration.epsilon, "inside_sqrt")
    scaled = op.multiply(normal, weights.floats(f"{name}.w")[None, None, :])
    return op.add(scaled, weights.floats(f"{name}.b")[None, None, :])


def _matrix(weights: WeightsFile, name: str) -> Any:
    """A q4_0 matrix as u4 with one f16 scale for 32 weights: OpenVINO multiplies it without unpacking it in memory."""
    import openvino as ov
    from openvino import opset13 as op

    blocks = weights.blocks(name)
    rows, count, _ = blocks.shape
    scales = np.ascontiguousarray(blocks[..., :2]).view(np.float16)
    nibbles = np.concatenate([blocks[..., 2:] & 15, blocks[..., 2:] >> 4], axis=-1)
    packed = nibbles[..., 0::2] | (nibbles[..., 1::2] << 4)
    # The tensor owns its memory: one made around an array would not keep the array alive.
    tensor = ov.Tensor(ov.Type.u4, ov.Shape([rows, count, BLOCK]))
    tensor.data[:] = packed.reshape(-1)
    whole = op.convert(op.constant(tensor), ov.Type.f16)
    zero = op.convert(op.constant(np.full((1, 1, 1), _ZERO_POINT, np.uint8)), ov.Type.f16)
    scaled = op.multiply(op.subtract(whole, zero), op.constant(scales))
    flat = op.reshape(scaled, op.constant([rows, count * BLOCK], ov.Type.i32), False)
    return op.convert(flat, ov.Type.f32)
