"""The decoder of a tiny GGUF file in NumPy, the way llama.cpp computes it."""

import numpy as np

from models.gguf.file import Floats
from tests.unit.models.gguf.tiny_file import EPSILON, HEAD_SIZE, HEADS, KV_HEADS, LAYERS, ROTARY_BASE, TinyFile


def reference_logits(file: TinyFile, tokens: list[int], changes: dict[str, Floats] | None = None) -> Floats:
    """Logits after each token, shape (tokens, vocabulary); ``changes`` are added to matrices."""
    weights = {name: values + (changes or {}).get(name, 0) for name, values in file.weights.items()}
    weights = {name: _in_8_bits(values) if values.ndim == 2 else values for name, values in weights.items()}
    embedding = weights["token_embd.weight"]
    x = embedding[tokens]
    for layer in range(LAYERS):
        part = {name.removeprefix(f"blk.{layer}."): values for name, values in weights.items()}
        x = x + _attend(_norm(x, part["attn_norm.weight"]), part, interleaved=file.architecture == "llama")
        inner = _norm(x, part["ffn_norm.weight"])
        gate = inner @ part["ffn_gate.weight"].T
        x = x + (gate / (1 + np.exp(-gate)) * (inner @ part["ffn_up.weight"].T)) @ part["ffn_down.weight"].T
    logits: Floats = _norm(x, weights["output_norm.weight"]) @ weights.get("output.weight", embedding).T
    return logits


def _attend(x: Floats, part: dict[str, Floats], *, interleaved: bool) -> Floats:
    def heads(name: str, count: int) -> Floats:
        made = x @ part[f"attn_{name}.weight"].T + part.get(f"attn_{name}.bias", np.float32(0))
        split = made.reshape(len(x), count, HEAD_SIZE)
        return _norm(split, part[f"attn_{name}_norm.weight"]) if f"attn_{name}_norm.weight" in part else split

    q = _rotated(heads("q", HEADS), interleaved=interleaved)
    k = _rotated(heads("k", KV_HEADS), interleaved=interleaved).repeat(HEADS // KV_HEADS, axis=1)
    v = heads("v", KV_HEADS).repeat(HEADS // KV_HEADS, axis=1)
    scores = np.einsum("qhd,khd->hqk", q, k) / np.sqrt(HEAD_SIZE)
    scores[:, ~np.tri(len(x), dtype=bool)] = -np.inf
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    seen: Floats = np.einsum("hqk,khd->qhd", shares, v).reshape(len(x), -1) @ part["attn_output.weight"].T
    return seen


def _rotated(x: Floats, *, interleaved: bool) -> Floats:
    """A pair that turns is side by side for Llama, half a head apart for the others."""
    angles = np.arange(len(x))[:, None] * ROTARY_BASE ** (-np.arange(0, HEAD_SIZE, 2) / HEAD_SIZE)
    turn = np.exp(1j * angles)[:, None]
    pairs = x.reshape(*x.shape[:2], -1, 2) if interleaved else x.reshape(*x.shape[:2], 2, -1).swapaxes(2, 3)
    turned = (pairs[..., 0] + 1j * pairs[..., 1]) * turn
    both = np.stack([turned.real, turned.imag], axis=-1)
    whole: Floats = (both if interleaved else both.swapaxes(2, 3)).reshape(x.shape).astype(np.float32)
    return whole


def _norm(x: Floats, weight: Floats) -> Floats:
    normed: Floats = x / np.sqrt((x * x).mean(axis=-1, keepdims=True) + EPSILON) * weight
    return normed


def _in_8_bits(matrix: Floats) -> Floats:
    scale = np.abs(matrix).max(axis=1, keepdims=True) / 127
    rounded: Floats = np.rint(matrix / scale) * scale
    return rounded
