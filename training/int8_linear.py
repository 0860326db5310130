"""Frozen weights in 8 bits, for training adapters on a CPU: four times the speed of float32 products with VNNI.

Rows of weights and of activations are rounded to 127 steps of their largest value, as LLM.int8() does without its
outliers (Dettmers et al. 2022, arXiv:2208.07339); so are the gradients that flow back. `eval/LOG.md` has what it costs.
"""

from typing import Any

import torch
from torch import nn

_STEPS = 127


class Int8Linear(nn.Module):  # type: ignore[misc]
    """A frozen linear layer with the weight of another, for inputs (..., in_features) in float32."""

    def __init__(self, linear: nn.Linear, *, passes_gradient: bool = True) -> None:
        """``passes_gradient`` False keeps no second copy of the weight: nothing below it is trained."""
        super().__init__()
        rounded, scale = _rounded(linear.weight.data.float())
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.register_buffer("_transposed", rounded.t().contiguous())
        self.register_buffer("_rounded", rounded if passes_gradient else None)
        self.register_buffer("_scale", scale[:, 0].contiguous())
        self.bias = linear.bias

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """The outputs (..., out_features) in float32."""
        product: torch.Tensor = _Product.apply(inputs, self._transposed, self._rounded, self._scale)
        return product if self.bias is None else product + self.bias


class _Product(torch.autograd.Function):  # type: ignore[misc]
    """The product with a rounded weight; its gradient is rounded as well."""

    @staticmethod
    def forward(
        ctx: Any, inputs: torch.Tensor, transposed: torch.Tensor, rounded: torch.Tensor | None, scale: torch.Tensor
    ) -> torch.Tensor:
        ctx.save_for_backward(rounded, scale)
        flat, steps = _rounded(inputs.reshape(-1, inputs.shape[-1]))
        return (torch._int_mm(flat, transposed) * steps).mul_(scale).view(*inputs.shape[:-1], -1)

    @staticmethod
    def backward(ctx: Any, gradient: torch.Tensor) -> tuple[torch.Tensor | None, None, None, None]:
        if not ctx.needs_input_grad[0]:
            return None, None, None, None
        rounded, scale = ctx.saved_tensors
        flat, steps = _rounded((gradient * scale).reshape(-1, gradient.shape[-1]))
        return (torch._int_mm(flat, rounded) * steps).view(*gradient.shape[:-1], -1), None, None, None


def round_frozen(layers: nn.ModuleList, first_trained: int) -> None:
    """Put every linear layer, or the base of its adapter, into 8 bits; adapters begin at layer ``first_trained``."""
    for number, layer in enumerate(layers):
        trained = number >= first_trained
        for module in [*layer.modules()]:
            for name, child in [*module.named_children()]:
                if isinstance(child, nn.Linear) and not child.weight.requires_grad:
                    setattr(module, name, Int8Linear(child, passes_gradient=trained))


def _rounded(rows: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows (n, k) as int8, and the size of a step of each, shape (n, 1)."""
    steps = rows.abs().amax(-1, keepdim=True).clamp_min(1e-12) / _STEPS
    return (rows / steps).round_().to(torch.int8), steps
