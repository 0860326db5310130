"""Frozen weights in 8 bits, with a real PyTorch: products and gradients close to those in 32 bits."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.integration
_PROGRAM = """
import json, sys
sys.path.append({site!r})
import torch
from torch import nn
from training.int8_linear import Int8Linear, round_frozen

class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.frozen, self.adapter = nn.Linear(96, 64), nn.Linear(96, 64, bias=False)
        self.frozen.weight.requires_grad = self.frozen.bias.requires_grad = False
    def forward(self, x):
        return self.frozen(x) + self.adapter(x)

torch.manual_seed(7)
layer, inputs = Layer(), torch.randn(2, 40, 96, requires_grad=True)
def read():
    inputs.grad = None
    outputs = layer(inputs)
    outputs.square().sum().backward()
    return outputs.detach(), inputs.grad.clone()
exact = read()
round_frozen(nn.ModuleList([nn.Identity(), layer]), 1)
rounded = read()
print(json.dumps({{
    "errors": [float((a - b).norm() / a.norm()) for a, b in zip(exact, rounded)],
    "frozen": type(layer.frozen) is Int8Linear, "adapter": type(layer.adapter) is nn.Linear,
    "trained": layer.adapter.weight.grad is not None,
}}))
"""


def test_frozen_weights_in_8_bits_give_nearly_the_same_products_and_gradients() -> None:
    site = os.environ.get("SENTENCE_TRANSFORMERS_TEST_SITE")
    if not site:
        pytest.skip("SENTENCE_TRANSFORMERS_TEST_SITE is not set (see CONTRIBUTING.md)")
    run = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(site=site)], capture_output=True, text=True, timeout=300, check=False
    )
    assert run.returncode == 0, run.stderr
    told = json.loads(run.stdout)
    assert all(0 < error < 0.02 for error in told["errors"])
    assert (told["frozen"], told["adapter"], told["trained"]) == (True, True, True)
