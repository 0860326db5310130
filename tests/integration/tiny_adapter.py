"""Write a small LoRA adapter of random weights by hand, in the form that PEFT saves and vLLM loads."""

import json
import struct
from pathlib import Path

import numpy as np


def write_adapter(folder: Path, *, hidden: int, layers: int, rank: int = 8, seed: int = 7) -> Path:
    """An adapter of the query projections (hidden x hidden) that shifts what the model says; returns the folder."""
    drawn = np.random.default_rng(seed)
    tensors = {}
    for layer in range(layers):
        name = f"base_model.model.model.layers.{layer}.self_attn.q_proj"
        tensors[f"{name}.lora_A.weight"] = drawn.normal(0, 0.05, (rank, hidden)).astype(np.float32)
        tensors[f"{name}.lora_B.weight"] = drawn.normal(0, 0.05, (hidden, rank)).astype(np.float32)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "adapter_model.safetensors").write_bytes(_safetensors(tensors))
    configuration = {
        "peft_type": "LORA",
        "task_type": "CAUSAL_LM",
        "base_model_name_or_path": "qwen-small",
        "r": rank,
        "lora_alpha": rank,
        "lora_dropout": 0.0,
        "target_modules": ["q_proj"],
        "bias": "none",
        "fan_in_fan_out": False,
        "inference_mode": True,
    }
    (folder / "adapter_config.json").write_text(json.dumps(configuration))
    return folder


def _safetensors(tensors: dict[str, np.ndarray]) -> bytes:
    head, data = {}, b""
    for name, tensor in tensors.items():
        raw = tensor.tobytes()
        head[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + data
