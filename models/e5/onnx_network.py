"""The network of multilingual-e5-small as an ONNX model, with most matrices in 8 bits where ranges are given.

Its operators are those of ONNX Runtime: attention with its heads in one, a product of 8 bits with its scales in one.
Weights have 7 bits of the 8: without VNNI a processor adds two products in 16 bits, which 8 by 8 bits would exceed.
"""

import numpy as np

from models.e5.activation_ranges import SITES, ActivationRanges
from models.e5.onnx_graph import OWN, NetworkParameters, OnnxGraph

_LARGEST_WEIGHT = 63
_LEVELS = 255
_MATRICES = {"qkv": ("q", "k", "v"), "ao": ("ao",), "fi": ("fi",), "fo": ("fo",)}


def network(weights: NetworkParameters, ranges: ActivationRanges | None, *, watched: bool = False) -> bytes:
    """From ``summed`` (n, tokens, hidden), ``present`` in f32 and ``mask`` in int32 (n, tokens) to ``vectors``.

    Vectors (n, hidden) have length 1. Without ranges all is in 32 bits. Where ``watched``, what goes into the matrices
    of a site is an output, by the name of layer and site.
    """
    graph = OnnxGraph(weights)
    x = encoder(graph, ranges, watched=watched)
    # Normalisation to length 1 makes the division by the number of tokens unnecessary.
    graph.output(graph.add("LpNormalization", [total(graph, x, "present")], axis=1, p=2), "vectors")
    return graph.model(["present"], "multilingual-e5-small")


def encoder(graph: OnnxGraph, ranges: ActivationRanges | None, *, watched: bool = False) -> str:
    """The layers, from the inputs ``summed`` and ``mask`` to the vectors of tokens (n, tokens, hidden)."""
    shape = graph.parameters.configuration
    x = graph.normed("summed", "emb.ln")
    for layer in range(shape.layers):
        name = f"l{layer}."

        def linear(rows: str, site: str, layer: int = layer) -> str:
            if watched and site in SITES:
                graph.output(rows, f"{layer}.{site}")
            if ranges is None or site not in SITES:
                return graph.linear(rows, matrix_names(layer, site))
            return _in_8_bits(graph, rows, layer, site, ranges)

        q, k, v = graph.split(linear(x, "qkv"))
        heads = graph.add("MultiHeadAttention", [q, k, v, "", "mask"], OWN, num_heads=shape.heads)
        x = graph.normed(graph.add("Add", [x, linear(heads, "ao")]), f"{name}aln")
        inner = graph.add("Gelu", [linear(x, "fi")], OWN)
        x = graph.normed(graph.add("Add", [x, linear(inner, "fo")]), f"{name}oln")
    return x


def total(graph: OnnxGraph, tokens: str, weight: str) -> str:
    """The sum of the vectors of tokens (n, hidden), each times its weight (n, tokens)."""
    axis = graph.constant([1])
    return graph.add("Squeeze", [graph.add("MatMul", [graph.add("Unsqueeze", [weight, axis]), tokens]), axis])


def matrix_names(layer: int, site: str) -> list[str]:
    """The names of the matrices of a site; those of query, key and value together."""
    return [f"l{layer}.{name}" for name in _MATRICES[site]]


def _in_8_bits(graph: OnnxGraph, rows: str, layer: int, site: str, ranges: ActivationRanges) -> str:
    at = layer, SITES.index(site)
    factors, lowest, highest = ranges.factors[at], ranges.lowest[at], ranges.highest[at]
    held = graph.matrix(matrix_names(layer, site)) * factors
    step = np.float32((highest - lowest) / _LEVELS)
    zero = np.uint8(round(float(-lowest / step)))
    scales = np.abs(held).max(axis=1) / np.float32(_LARGEST_WEIGHT)
    whole = np.rint(held / scales[:, None]).astype(np.int8)
    steps, zeros = graph.constant(step), graph.constant(zero)
    divided = graph.add("Mul", [rows, graph.constant(1 / factors)])
    rounded = graph.add("QuantizeLinear", [divided, steps, zeros])
    bias = graph.constant(graph.bias(matrix_names(layer, site)))
    given = [rounded, graph.constant(whole.T), steps, graph.constant(scales), zeros, "", bias]
    return graph.add("MatMulIntegerToFloat", given, OWN)
