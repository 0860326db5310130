"""The number format in which this machine multiplies matrices fastest."""

from typing import Any

import torch


def fastest_dtype() -> Any:
    """bfloat16 with AMX, else float32: without AMX a bfloat16 product takes up to twice as long (`eval/LOG.md`)."""
    return torch.bfloat16 if torch.cpu.get_capabilities().get("amx_bf16") else torch.float32
