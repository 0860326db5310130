"""The judge's network as an ONNX model, with most matrices in 8 bits where ranges are given."""

import numpy as np

from models.e5.activation_ranges import ActivationRanges
from models.e5.onnx_graph import OWN, OnnxGraph
from models.e5.onnx_network import encoder
from models.judge.weights_file import JudgeFile

OUTPUTS = ["classes", "relevance"]


def network(file: JudgeFile, ranges: ActivationRanges | None, *, watched: bool = False) -> bytes:
    """From ``summed`` and ``second`` to ``classes`` (n, 3) and ``relevance`` (n, 1).

    Where ``watched``, which is for a network without ranges, what goes into the matrices of a site is an output, by the
    name of layer and site.
    """
    graph = OnnxGraph(file)
    x = encoder(graph, ranges, watched=watched)

    def mean(chosen: str) -> str:
        count = graph.add("ReduceSum", [chosen, axis], keepdims=1)
        summed = graph.add("MatMul", [graph.add("Unsqueeze", [chosen, axis]), x])
        return graph.add("Div", [graph.add("Squeeze", [summed, axis]), graph.add("Max", [count, one])])

    one, axis = graph.constant(np.float32(1)), graph.constant([1])
    a, b = mean(graph.add("Sub", [one, "second"])), mean("second")
    first = graph.add("Gather", [x, graph.constant(np.int64(0))], axis=1)
    distance = graph.add("Abs", [graph.add("Sub", [a, b])])
    features = graph.add("Concat", [first, a, b, distance, graph.add("Mul", [a, b])], axis=1)
    inner = graph.add("Gelu", [graph.linear(features, ["inner"])], OWN)
    for name in OUTPUTS:
        graph.output(graph.linear(inner, [name]), name)
    return graph.model(["second"], "judge")
