"""A GGUF file of a random decoder with two layers, and an adapter for it."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from gguf import GGUFWriter, TokenType

from models.gguf.file import Floats

LAYERS, HEADS, KV_HEADS, HEAD_SIZE, HIDDEN, INNER, CONTEXT = 2, 4, 2, 32, 64, 96, 256
EPSILON, ROTARY_BASE = 1e-6, 10000.0
TEMPLATE = (
    "{% for m in messages %}{{ '<|start|>' + m['role'] + '\\n' + m['content'] + '<|end|>' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|start|>assistant\\n' }}{% endif %}"
)
_PRE_TOKENIZERS = {"qwen2": "qwen2", "qwen3": "qwen2", "llama": "llama-bpe"}


@dataclass(frozen=True, slots=True)
class TinyFile:
    """The file, and the weights in it as they stand there."""

    path: Path
    architecture: str
    weights: dict[str, Floats]


def write_tiny_file(path: Path, architecture: str, *, seed: int = 0) -> TinyFile:
    """Write a file of Qwen2 (biases), Qwen3 (norms of heads) or Llama (neither), tokens of one byte each."""
    tokens = [*_byte_tokens(), "<|start|>", "<|end|>", "he"]
    weights = _random_weights(architecture, len(tokens), np.random.default_rng(seed))
    writer = GGUFWriter(path, architecture)
    writer.add_block_count(LAYERS)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(HIDDEN)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KV_HEADS)
    writer.add_key_length(HEAD_SIZE)
    writer.add_value_length(HEAD_SIZE)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_rope_freq_base(ROTARY_BASE)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(_PRE_TOKENIZERS.get(architecture, "qwen2"))
    writer.add_token_list(tokens)
    writer.add_token_types([TokenType.NORMAL] * 256 + [TokenType.CONTROL] * 2 + [TokenType.NORMAL])
    writer.add_token_merges(["h e"])
    writer.add_eos_token_id(257)
    writer.add_chat_template(TEMPLATE)
    for name, values in weights.items():
        writer.add_tensor(name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return TinyFile(path, architecture, weights)


def write_adapter(folder: Path, module: str = "self_attn.v_proj", *, seed: int = 0) -> Floats:
    """Write an adapter of rank 4 that changes a module of layer 1; returns the change of its matrix."""
    rng = np.random.default_rng(seed)
    outputs = HEADS * HEAD_SIZE if module == "self_attn.q_proj" else KV_HEADS * HEAD_SIZE
    down, up = (rng.normal(size=size).astype(np.float32) for size in ((4, HIDDEN), (outputs, 4)))
    folder.mkdir()
    (folder / "adapter_config.json").write_text(json.dumps({"peft_type": "LORA", "r": 4, "lora_alpha": 2}))
    names = (f"base_model.model.model.layers.1.{module}.lora_{part}.weight" for part in "AB")
    head, data = {}, b""
    for name, values in zip(names, (down, up), strict=True):
        raw = values.tobytes()
        head[name] = {"dtype": "F32", "shape": values.shape, "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    described = json.dumps(head).encode()
    (folder / "adapter_model.safetensors").write_bytes(len(described).to_bytes(8, "little") + described + data)
    change: Floats = up @ (down * np.float32(0.5))
    return change


def _random_weights(architecture: str, tokens: int, rng: np.random.Generator) -> dict[str, Floats]:
    def matrix(outputs: int, inputs: int) -> Floats:
        return rng.normal(scale=inputs**-0.5, size=(outputs, inputs)).astype(np.float32)

    def vector(size: int, mean: float) -> Floats:
        return rng.normal(mean, 0.2, size).astype(np.float32)

    weights = {"token_embd.weight": matrix(tokens, HIDDEN) * 8, "output_norm.weight": vector(HIDDEN, 1)}
    if architecture != "qwen2":
        weights["output.weight"] = matrix(tokens, HIDDEN)
    for layer in range(LAYERS):
        block, sizes = f"blk.{layer}", {"q": HEADS * HEAD_SIZE, "k": KV_HEADS * HEAD_SIZE, "v": KV_HEADS * HEAD_SIZE}
        for part, size in sizes.items():
            weights[f"{block}.attn_{part}.weight"] = matrix(size, HIDDEN)
            if architecture == "qwen2":
                weights[f"{block}.attn_{part}.bias"] = vector(size, 0)
            if architecture == "qwen3" and part != "v":
                weights[f"{block}.attn_{part}_norm.weight"] = vector(HEAD_SIZE, 1)
        weights[f"{block}.attn_output.weight"] = matrix(HIDDEN, HEADS * HEAD_SIZE)
        weights[f"{block}.ffn_gate.weight"] = matrix(INNER, HIDDEN)
        weights[f"{block}.ffn_up.weight"] = matrix(INNER, HIDDEN)
        weights[f"{block}.ffn_down.weight"] = matrix(HIDDEN, INNER)
        weights[f"{block}.attn_norm.weight"] = vector(HIDDEN, 1)
        weights[f"{block}.ffn_norm.weight"] = vector(HIDDEN, 1)
    return weights


def _byte_tokens() -> list[str]:
    """Each byte as byte pair encoders write it (Radford et al. 2019)."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = iter(range(256, 512))
    return [chr(byte) if byte in plain else chr(next(others)) for byte in range(256)]
