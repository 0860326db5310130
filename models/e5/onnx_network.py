"""The network of multilingual-e5-small as an ONNX model, with most matrices in 8 bits where ranges are given.

Its operators are those of ONNX Runtime: attention with its heads in one, a product of 8 bits with its scales in one.
Weights have 7 bits of the 8: without VNNI a processor adds two products in 16 bits, which 8 by 8 bits would exceed.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.e5.activation_ranges import ActivationRanges, Rounding
from models.e5.onnx_graph import OWN, NetworkParameters, OnnxGraph

_LARGEST_WEIGHT = 63
_LEVELS = 255
_MATRICES = {"qkv": ("q", "k", "v"), "ao": ("ao",), "fi": ("fi",), "fo": ("fo",)}


def network(weights: NetworkParameters, ranges: ActivationRanges | None, *, watched: bool = False) -> bytes:
    """From ``summed`` (n, tokens, hidden) to ``vectors`` (n, hidden) of length 1.

    Without ranges all is in 32 bits. Where ``watched``, which is for a network without ranges, what goes into the
    matrices of a site is an output, by the name of layer and site.
    """
    graph = OnnxGraph(weights)
    x = encoder(graph, ranges, watched=watched)
    # Normalisation to length 1 makes the division by the number of tokens unnecessary.
    summed = graph.add("ReduceSum", [x, graph.constant([1])], keepdims=0)
    graph.output(graph.add("LpNormalization", [summed], axis=1, p=2), "vectors")
    return graph.model([], "multilingual-e5-small")


def encoder(graph: OnnxGraph, ranges: ActivationRanges | None, *, watched: bool = False) -> str:
    """The layers, from the input ``summed`` to the vectors of tokens (n, tokens, hidden).

    All n texts are equally long: nothing tells attention that a place is empty.
    """
    x = graph.normed("summed", "emb.ln")
    for number in range(graph.parameters.configuration.layers):
        layer = _Layer(graph, number, ranges, watched)
        x = graph.normed(graph.add("Add", [x, layer.attention(x)]), f"l{number}.aln")
        x = graph.normed(graph.add("Add", [x, layer.feed_forward(x)]), f"l{number}.oln")
    return x


def matrix_names(layer: int, site: str) -> list[str]:
    """The names of the matrices of a site; those of query, key and value together."""
    return [f"l{layer}.{name}" for name in _MATRICES[site]]


@dataclass(frozen=True, slots=True)
class _Rounded:
    """Rows in 8 bits; ``rows``, ``step`` and ``zero`` are names in the graph."""

    rows: str
    step: str
    zero: str
    factors: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Layer:
    """The operators of one layer."""

    graph: OnnxGraph
    number: int
    ranges: ActivationRanges | None
    watched: bool

    def attention(self, x: str) -> str:
        """What attention adds to the rows."""
        q, k, v = self.graph.split(self._linear(x, "qkv"))
        heads = self.graph.parameters.configuration.heads
        return self._linear(self.graph.add("MultiHeadAttention", [q, k, v], OWN, num_heads=heads), "ao")

    def feed_forward(self, x: str) -> str:
        """What the feed-forward adds to the rows."""
        graph = self.graph
        if self.ranges is None:
            return self._linear(graph.add("Gelu", [self._linear(x, "fi")], OWN), "fo")
        rows = self._rounded(x, self.ranges.of(self.number, "fi"))
        (matrix, bias), (second, second_bias) = self._weights("fi"), self._weights("fo")

        def activated(channels: npt.NDArray[np.int64]) -> str:
            return graph.add("Gelu", [self._product(rows, matrix[channels], bias[channels])], OWN)

        coarse, exact = self.ranges.inner(self.number)
        most = self._rounded(activated(coarse), self.ranges.of(self.number, "fo"))
        rest = graph.add("MatMul", [activated(exact), graph.constant(second[:, exact].T)])
        return graph.add("Add", [self._product(most, second[:, coarse], second_bias), rest])

    def _linear(self, rows: str, site: str) -> str:
        if self.watched:
            self.graph.output(rows, f"{self.number}.{site}")
        if self.ranges is None:
            return self.graph.linear(rows, matrix_names(self.number, site))
        return self._product(self._rounded(rows, self.ranges.of(self.number, site)), *self._weights(site))

    def _weights(self, site: str) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        names = matrix_names(self.number, site)
        return self.graph.matrix(names), self.graph.bias(names)

    def _rounded(self, rows: str, rounding: Rounding) -> _Rounded:
        graph = self.graph
        step = np.float32((rounding.highest - rounding.lowest) / _LEVELS)
        steps, zero = graph.constant(step), graph.constant(np.uint8(round(float(-rounding.lowest / step))))
        divided = graph.add("Mul", [rows, graph.constant(1 / rounding.factors)])
        return _Rounded(graph.add("QuantizeLinear", [divided, steps, zero]), steps, zero, rounding.factors)

    def _product(self, given: _Rounded, matrix: npt.NDArray[np.float32], bias: npt.NDArray[np.float32]) -> str:
        graph = self.graph
        held = matrix * given.factors
        scales = np.abs(held).max(axis=1) / np.float32(_LARGEST_WEIGHT)
        whole = np.rint(held / scales[:, None]).astype(np.int8)
        names = [given.rows, graph.constant(whole.T), given.step, graph.constant(scales), given.zero, ""]
        return graph.add("MatMulIntegerToFloat", [*names, graph.constant(bias)], OWN)
