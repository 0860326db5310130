"""A LoRA adapter in PEFT's form, read to be merged into the weights of a GGUF file."""

import hashlib
import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from models.errors import ModelUnavailable
from models.gguf.file import Floats

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
_MODULES = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
_PREFIX = "base_model.model."


class LoraAdapter:
    """The change of each matrix (Hu et al. 2021); raises ModelUnavailable for a folder that holds another thing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
            self._parts = _read_safetensors(folder / WEIGHTS)
            self._scale = _scale(config)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelUnavailable(f"{folder} is not a LoRA adapter that can be read: {error}") from error

    def change(self, name: str, rows: slice) -> Floats | None:
        """What is added to rows of the matrix that the GGUF file calls ``name``: alpha / r * B @ A."""
        module = self._module(name)
        if f"{module}.lora_A.weight" not in self._parts:
            return None
        down, up = self._parts[f"{module}.lora_A.weight"], self._parts[f"{module}.lora_B.weight"]
        change: Floats = up[rows] @ (down * np.float32(self._scale / len(down)))
        return change

    def check(self, shapes: dict[str, tuple[int, int]]) -> None:
        """Raise ModelUnavailable where a part fits no matrix of the model; ``shapes`` are (outputs, inputs)."""
        left = set(self._parts)
        for name, (outputs, inputs) in shapes.items():
            module = self._module(name)
            pair = f"{module}.lora_A.weight", f"{module}.lora_B.weight"
            found = [self._parts[part].shape for part in pair if part in self._parts]
            if found:
                rank = found[0][0]
                if found != [(rank, inputs), (outputs, rank)]:
                    raise ModelUnavailable(f"the adapter {self._folder} is for another model: {module} has {found}")
                left -= set(pair)
        if left:
            raise ModelUnavailable(f"the adapter {self._folder} changes what the model has not: {min(left)}")

    def _module(self, name: str) -> str:
        _, layer, part, *_ = (*name.split("."), "", "")
        return f"{_PREFIX}model.layers.{layer}.{_MODULES.get(part, part)}"


def adapter_digest(folder: Path) -> str:
    """The sha256 of an adapter's files; raises OSError."""
    digest = hashlib.sha256()
    for name in (CONFIG, WEIGHTS):
        digest.update((folder / name).read_bytes())
    return digest.hexdigest()


def _scale(config: dict[str, Any]) -> float:
    """What B @ A is multiplied by, times the rank."""
    if config["peft_type"] != "LORA":
        raise ValueError(f"its peft_type is {config['peft_type']}")
    unread = [key for key in ("use_dora", "rank_pattern", "alpha_pattern", "fan_in_fan_out") if config.get(key)]
    if unread:
        raise ValueError(f"{unread[0]} is not supported")
    alpha = float(config["lora_alpha"])
    return alpha * math.sqrt(config["r"]) if config.get("use_rslora") else alpha


def _read_safetensors(path: Path) -> dict[str, Floats]:
    """Tensors of 32 or 16 bits by name (https://github.com/huggingface/safetensors#format)."""
    raw = path.read_bytes()
    start = 8 + int.from_bytes(raw[:8], "little")
    head: dict[str, Any] = json.loads(raw[8:start])
    head.pop("__metadata__", None)
    return {name: _floats(raw[start:], tensor) for name, tensor in head.items()}


def _floats(data: bytes, tensor: dict[str, Any]) -> Floats:
    first, last = tensor["data_offsets"]
    part = data[first:last]
    if tensor["dtype"] == "BF16":
        floats = (np.frombuffer(part, "<u2").astype(np.uint32) << 16).view(np.float32)
    else:
        floats = np.frombuffer(part, {"F32": "<f4", "F16": "<f2"}[tensor["dtype"]]).astype(np.float32)
    return floats.reshape(tensor["shape"])
