"""The network of multilingual-e5-small as an ONNX model, with most matrices in 8 bits where ranges are given.

Its operators are those of ONNX Runtime: attention with its heads in one, a product of 8 bits with its scales in one.
Weights have 7 bits of the 8: without VNNI a processor adds two products in 16 bits, which 8 by 8 bits would exceed.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from models.e5.activation_ranges import SITES, ActivationRanges
from models.e5.weights_file import WeightsFile, values

Floats = npt.NDArray[np.float32]

_OWN = "com.microsoft"
_OPSETS = (("", 18), (_OWN, 1))
_IR_VERSION = 9
_LARGEST_WEIGHT = 63
_LEVELS = 255
MATRICES = {"qkv": ("q", "k", "v"), "ao": ("ao",), "fi": ("fi",), "fo": ("fo",)}


def matrix(weights: WeightsFile, layer: int, site: str) -> Floats:
    """The matrix of a site (outputs, inputs); those of query, key and value together."""
    blocks = (weights.blocks(f"l{layer}.{name}.w") for name in MATRICES[site])
    return np.concatenate([values(b).reshape(len(b), -1) for b in blocks])


def network(weights: WeightsFile, ranges: ActivationRanges | None, *, watched: bool = False) -> bytes:
    """From ``summed`` (n, tokens, hidden), ``present`` in f32 and ``mask`` in int32 (n, tokens) to ``vectors``.

    Vectors (n, hidden) have length 1. Without ranges all is in 32 bits. Where ``watched``, what goes into the matrices
    of a site is an output, by the name of layer and site.
    """
    from onnx import TensorProto

    shape, graph = weights.configuration, _Graph()
    x = graph.normed("summed", weights, "emb.ln")
    for layer in range(shape.layers):
        name = f"l{layer}."

        def linear(rows: str, site: str, layer: int = layer) -> str:
            if watched and site in SITES:
                graph.output(rows, f"{layer}.{site}")
            return _linear(graph, rows, weights, layer, site, ranges)

        q, k, v = graph.split(linear(x, "qkv"))
        heads = graph.add("MultiHeadAttention", [q, k, v, "", "mask"], _OWN, num_heads=shape.heads)
        x = graph.normed(graph.add("Add", [x, linear(heads, "ao")]), weights, f"{name}aln")
        inner = graph.add("Gelu", [linear(x, "fi")], _OWN)
        x = graph.normed(graph.add("Add", [x, linear(inner, "fo")]), weights, f"{name}oln")
    # Normalisation to length 1 makes the division by the number of tokens unnecessary.
    weight = graph.add("Unsqueeze", ["present", graph.constant(np.array([1], np.int64))])
    total = graph.add("Squeeze", [graph.add("MatMul", [weight, x]), graph.constant(np.array([1], np.int64))])
    graph.output(graph.add("LpNormalization", [total], axis=1, p=2), "vectors")
    places: list[str | int] = ["n", "tokens"]
    return graph.model(
        [("summed", TensorProto.FLOAT, [*places, shape.hidden]), ("present", TensorProto.FLOAT, places),
         ("mask", TensorProto.INT32, places)]
    )  # fmt: skip


def _linear(
    graph: "_Graph", rows: str, weights: WeightsFile, layer: int, site: str, ranges: ActivationRanges | None
) -> str:
    held = matrix(weights, layer, site)
    bias = graph.constant(np.concatenate([weights.floats(f"l{layer}.{name}.b") for name in MATRICES[site]]))
    if ranges is None or site not in SITES:
        return graph.add("Add", [graph.add("MatMul", [rows, graph.constant(held.T)]), bias])
    at = layer, SITES.index(site)
    factors, lowest, highest = ranges.factors[at], ranges.lowest[at], ranges.highest[at]
    held = held * factors
    step = np.float32((highest - lowest) / _LEVELS)
    zero = np.uint8(round(float(-lowest / step)))
    scales = np.abs(held).max(axis=1) / np.float32(_LARGEST_WEIGHT)
    whole = np.rint(held / scales[:, None]).astype(np.int8)
    steps, zeros = graph.constant(step), graph.constant(zero)
    divided = graph.add("Mul", [rows, graph.constant(1 / factors)])
    rounded = graph.add("QuantizeLinear", [divided, steps, zeros])
    given = [rounded, graph.constant(whole.T), steps, graph.constant(scales), zeros, "", bias]
    return graph.add("MatMulIntegerToFloat", given, _OWN)


class _Graph:
    """Operators and constants under names of their own."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._outputs: list[str] = []
        self._count = 0

    def constant(self, array: npt.NDArray[Any] | np.generic) -> str:
        """The name of a tensor that holds the array."""
        from onnx import numpy_helper

        name = self._new()
        self._constants.append(numpy_helper.from_array(np.asarray(array, order="C"), name))
        return name

    def add(self, operator: str, inputs: list[str], domain: str = "", **attributes: Any) -> str:
        """The name of what the operator gives."""
        from onnx import helper

        name = self._new()
        self._nodes.append(helper.make_node(operator, inputs, [name], domain=domain, **attributes))
        return name

    def normed(self, rows: str, weights: WeightsFile, name: str) -> str:
        """Layer normalisation with the scale and the bias of that name."""
        given = [rows, *(self.constant(weights.floats(f"{name}.{part}")) for part in "wb")]
        return self.add("LayerNormalization", given, epsilon=weights.configuration.epsilon)

    def split(self, rows: str) -> list[str]:
        """The three thirds of the channels."""
        from onnx import helper

        parts = [self._new() for _ in range(3)]
        self._nodes.append(helper.make_node("Split", [rows], parts, axis=2, num_outputs=3))
        return parts

    def output(self, given: str, name: str) -> None:
        """Let the model give this under the name."""
        from onnx import helper

        self._nodes.append(helper.make_node("Identity", [given], [name]))
        self._outputs.append(name)

    def model(self, inputs: list[tuple[str, int, list[str | int]]]) -> bytes:
        """The model, serialised."""
        from onnx import TensorProto, helper

        given = [helper.make_tensor_value_info(*each) for each in inputs]
        found = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in self._outputs]
        graph = helper.make_graph(self._nodes, "multilingual-e5-small", given, found, self._constants)
        opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS]
        model: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION).SerializeToString()
        return model

    def _new(self) -> str:
        self._count += 1
        return f"t{self._count}"
