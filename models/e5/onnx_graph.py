"""An ONNX model as it is built: operators and constants under names of their own."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from models.e5.weights_file import Configuration

Floats = npt.NDArray[np.float32]

OWN = "com.microsoft"
"""The domain of ONNX Runtime's own operators."""
_OPSETS = (("", 18), (OWN, 1))
_IR_VERSION = 9


class NetworkParameters(Protocol):
    """The parameters of a network of this shape, by the names of the embedder's file."""

    @property
    def configuration(self) -> Configuration:
        """The shape of the network."""

    def floats(self, name: str) -> Floats:
        """A vector."""

    def values(self, name: str) -> Floats:
        """A matrix (outputs, inputs)."""


class OnnxGraph:
    """The graph over the parameters of one network."""

    def __init__(self, parameters: NetworkParameters) -> None:
        self.parameters = parameters
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._outputs: list[str] = []
        self._count = 0

    def constant(self, array: npt.NDArray[Any] | np.generic | Sequence[int]) -> str:
        """The name of a tensor that holds the array; plain numbers are int64."""
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

    def linear(self, rows: str, names: Sequence[str]) -> str:
        """The rows times the matrices of these names, side by side, with their biases."""
        product = self.add("MatMul", [rows, self.constant(self.matrix(names).T)])
        return self.add("Add", [product, self.constant(self.bias(names))])

    def matrix(self, names: Sequence[str]) -> Floats:
        """The matrices one under the other (outputs, inputs)."""
        return np.concatenate([self.parameters.values(f"{name}.w") for name in names])

    def bias(self, names: Sequence[str]) -> Floats:
        """Their biases."""
        return np.concatenate([self.parameters.floats(f"{name}.b") for name in names])

    def normed(self, rows: str, name: str) -> str:
        """Layer normalisation with the scale and the bias of that name."""
        given = [rows, *(self.constant(self.parameters.floats(f"{name}.{part}")) for part in "wb")]
        return self.add("LayerNormalization", given, epsilon=self.parameters.configuration.epsilon)

    def split(self, rows: str) -> list[str]:
        """The three thirds of the channels."""
        from onnx import helper

        parts = [self._new() for _ in range(3)]
        self._nodes.append(helper.make_node("Split", [rows], parts, axis=2, num_outputs=3))
        return parts

    def output(self, given: str, name: str) -> None:
        """Make this an output of that name."""
        from onnx import helper

        self._nodes.append(helper.make_node("Identity", [given], [name]))
        self._outputs.append(name)

    def model(self, by_token: Sequence[str], name: str) -> bytes:
        """The model, serialised.

        Its inputs are ``summed`` in f32 (n, tokens, hidden), and one in f32 (n, tokens) for each name in ``by_token``.
        """
        from onnx import TensorProto, helper

        places: list[str | int] = ["n", "tokens"]
        hidden = self.parameters.configuration.hidden
        given = [
            helper.make_tensor_value_info("summed", TensorProto.FLOAT, [*places, hidden]),
            *(helper.make_tensor_value_info(each, TensorProto.FLOAT, places) for each in by_token),
        ]
        found = [helper.make_tensor_value_info(each, TensorProto.FLOAT, None) for each in self._outputs]
        graph = helper.make_graph(self._nodes, name, given, found, self._constants)
        opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS]
        model: bytes = helper.make_model(graph, opset_imports=opsets, ir_version=_IR_VERSION).SerializeToString()
        return model

    def _new(self) -> str:
        self._count += 1
        return f"t{self._count}"
