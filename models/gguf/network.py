"""The decoder of Qwen2, Qwen3 and Llama as an OpenVINO graph whose keys and values are a state.

openvino-genai turns the state into paged attention when it loads the graph; paged attention has its own causal mask.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from models.eight_bits import Matrix
from models.gguf.file import DecoderShape, Floats


def decoder(
    shape: DecoderShape,
    frequencies: Floats,
    matrix: Callable[[str], Matrix],
    vector: Callable[[str], Floats | None],
) -> Any:
    """The graph from tokens to logits; ``matrix`` and ``vector`` give weights by their name in a GGUF file."""
    return _Decoder(shape, frequencies, matrix, vector).model()


class _Decoder:
    def __init__(
        self,
        shape: DecoderShape,
        frequencies: Floats,
        matrix: Callable[[str], Matrix],
        vector: Callable[[str], Floats | None],
    ) -> None:
        from openvino import Type, opset15

        self._op: Any = opset15
        self._shape, self._matrix, self._vector = shape, matrix, vector
        self._tokens = self._input("input_ids", [-1, -1], Type.i64)
        self._attention = self._input("attention_mask", [-1, -1], Type.i64)
        self._positions = self._input("position_ids", [-1, -1], Type.i64)
        self._beams = self._input("beam_idx", [-1], Type.i32)
        self._batch = self._size(self._tokens, 0)
        self._cos, self._sin = self._rotation(frequencies)
        self._mask = self._causal_mask()
        self._assigned: list[Any] = []

    def model(self) -> Any:
        from openvino import Model

        op = self._op
        embedding = self._matrix("token_embd.weight")
        here = partial(op.gather, indices=self._tokens, axis=op.constant(np.int32(0)))
        x = op.multiply(
            op.convert(here(op.constant(embedding.values, shared_memory=True)), "f32"),
            here(op.constant(embedding.scales)),
        )
        for layer in range(self._shape.layers):
            block = f"blk.{layer}"
            x = op.add(x, self._attend(self._norm(x, f"{block}.attn_norm"), block))
            x = op.add(x, self._feed_forward(self._norm(x, f"{block}.ffn_norm"), block))
        logits = self._linear(self._norm(x, "output_norm"), "output")
        logits.output(0).tensor.set_names({"logits"})
        inputs = [self._tokens, self._attention, self._positions, self._beams]
        return Model([op.result(logits)], self._assigned, inputs, "decoder")

    def _attend(self, x: Any, block: str) -> Any:
        op, heads, kv_heads = self._op, self._shape.heads, self._shape.kv_heads
        q = self._rotated(self._heads(x, f"{block}.attn_q", heads))
        k = self._rotated(self._heads(x, f"{block}.attn_k", kv_heads))
        v = self._heads(x, f"{block}.attn_v", kv_heads)
        seen = op.scaled_dot_product_attention(
            q, self._remembered(k, f"{block}.key"), self._remembered(v, f"{block}.value"), self._mask
        )
        joined = op.reshape(op.transpose(seen, _i64(op, [0, 2, 1, 3])), _i64(op, [0, 0, -1]), special_zero=True)
        return self._linear(joined, f"{block}.attn_output")

    def _feed_forward(self, x: Any, block: str) -> Any:
        gate = self._op.swish(self._linear(x, f"{block}.ffn_gate"))
        return self._linear(self._op.multiply(gate, self._linear(x, f"{block}.ffn_up")), f"{block}.ffn_down")

    def _heads(self, x: Any, name: str, count: int) -> Any:
        """Shape (batch, heads, tokens, head size)."""
        op = self._op
        size = self._shape.head_size
        split = op.reshape(self._linear(x, name), _i64(op, [0, 0, count, size]), special_zero=True)
        if self._vector(f"{name}_norm.weight") is not None:
            split = self._norm(split, f"{name}_norm")
        return op.transpose(split, _i64(op, [0, 2, 1, 3]))

    def _remembered(self, new: Any, name: str) -> Any:
        """All keys or values so far, repeated for the heads that share them."""
        from openvino import PartialShape, Type
        from openvino.op.util import Variable, VariableInfo

        op, kv_heads, size = self._op, self._shape.kv_heads, self._shape.head_size
        info = VariableInfo()
        info.data_shape, info.data_type, info.variable_id = PartialShape([-1, kv_heads, -1, size]), Type.f32, name
        state = Variable(info)
        nothing = self._broadcast(op.constant(np.float32(0)), [self._batch, [kv_heads, 0, size]])
        past = op.gather(op.read_value(nothing, state), self._beams, _i64(op, 0))
        whole = op.concat([past, new], axis=2)
        self._assigned.append(op.assign(whole, state))
        sharing = self._shape.heads // kv_heads
        repeated = self._broadcast(
            op.unsqueeze(whole, _i64(op, 2)), [self._batch, [kv_heads, sharing], self._size(whole, 2), [size]]
        )
        return op.reshape(repeated, _i64(op, [0, self._shape.heads, -1, size]), special_zero=True)

    def _rotation(self, frequencies: Floats) -> tuple[Any, Any]:
        op = self._op
        positions = op.unsqueeze(op.convert(self._positions, "f32"), _i64(op, [1, 3]))
        both_halves = np.concatenate([frequencies, frequencies])[None, None, None]
        angles = op.multiply(positions, op.constant(both_halves))
        return op.cos(angles), op.sin(angles)

    def _rotated(self, x: Any) -> Any:
        op = self._op
        first, second = op.split(x, _i64(op, 3), 2).outputs()
        turned = op.concat([op.negative(second), first], axis=3)
        return op.add(op.multiply(x, self._cos), op.multiply(turned, self._sin))

    def _causal_mask(self) -> Any:
        """True where a token may see a key: keys stand in the order of their positions."""
        op = self._op
        length = op.squeeze(self._size(self._attention, 1), _i64(op, 0))
        keys = op.range(_i64(op, 0), length, _i64(op, 1), "i64")
        return op.less_equal(op.unsqueeze(keys, _i64(op, [0, 1, 2])), op.unsqueeze(self._positions, _i64(op, [1, 3])))

    def _norm(self, x: Any, name: str) -> Any:
        """Root mean square norm (Zhang and Sennrich 2019)."""
        op = self._op
        square = op.reduce_mean(op.multiply(x, x), _i64(op, [-1]), keep_dims=True)
        size = op.sqrt(op.add(square, op.constant(np.float32(self._shape.norm_epsilon))))
        return op.multiply(op.divide(x, size), op.constant(self._vector(f"{name}.weight")))

    def _linear(self, x: Any, name: str) -> Any:
        op = self._op
        product = op.matmul(x, self._matrix(f"{name}.weight").node(shared=True), transpose_a=False, transpose_b=True)
        bias = self._vector(f"{name}.bias")
        return product if bias is None else op.add(product, op.constant(bias))

    def _input(self, name: str, shape: list[int], kind: Any) -> Any:
        # Both names: openvino-genai finds its inputs by the one, paged attention by the other.
        parameter = self._op.parameter(shape, kind)
        parameter.set_friendly_name(name)
        parameter.output(0).tensor.set_names({name})
        return parameter

    def _size(self, of: Any, axis: int) -> Any:
        op = self._op
        return op.gather(op.shape_of(of, "i64"), _i64(op, [axis]), _i64(op, 0))

    def _broadcast(self, x: Any, shape: list[Any]) -> Any:
        op = self._op
        parts = [_i64(op, part) if isinstance(part, list) else part for part in shape]
        return op.broadcast(x, op.concat(parts, axis=0), broadcast_spec="BIDIRECTIONAL")


def _i64(op: Any, value: Any) -> Any:
    return op.constant(np.array(value, np.int64))
