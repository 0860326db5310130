"""The judge as a PyTorch network: the bundled embedder read as a cross-encoder, with two small heads.

A pair ``<s> claim </s></s> evidence </s>`` goes through the twelve layers of multilingual-e5-small. Features are the
first token, the means of both sides, their distance and their product (5 x 384); a GELU layer of 384 leads to three
classes (supported, contradicted, unsupported) and one relevance score. Word vectors stay as they are in the embedder's
file, so that they are stored once.
"""

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from eval.claims.domain import LABELS
from models.e5.weights_file import WeightsFile, values

FEATURES = 5
_MASKED = -1e9


class TokenDropout(nn.Dropout1d):  # type: ignore[misc]
    """Dropout with one mask for all tokens of a pair (Gal and Ghahramani, 2016); one each took a third of the time."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Shape (n, tokens, hidden)."""
        return super().forward(x.transpose(1, 2)).transpose(1, 2)


class Layer(nn.Module):  # type: ignore[misc]
    """One post-norm BERT layer."""

    def __init__(self, weights: WeightsFile, name: str, dropout: float) -> None:
        super().__init__()
        shape = weights.configuration
        self.heads = shape.heads
        self.dropout = TokenDropout(dropout)
        for part in ("q", "k", "v", "ao", "fi", "fo"):
            self.add_module(part, _linear(weights, f"{name}{part}"))
        for part in ("aln", "oln"):
            self.add_module(part, _norm(weights, f"{name}{part}"))

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Shapes (n, tokens, hidden) and (n, 1, 1, tokens); written as plain products, which are fastest in bf16."""
        n, tokens, hidden = x.shape
        own: Any = self
        weight = torch.cat([own.q.weight, own.k.weight, own.v.weight])
        bias = torch.cat([own.q.bias, own.k.bias, own.v.bias])
        q, k, v = (
            y.view(n, tokens, self.heads, -1).transpose(1, 2) for y in F.linear(x, weight, bias).split(hidden, -1)
        )
        scores = torch.matmul(q * (hidden // self.heads) ** -0.5, k.transpose(-1, -2)) + mask
        attended = torch.matmul(scores.softmax(-1), v).transpose(1, 2).reshape(n, tokens, hidden)
        x = own.aln(x + self.dropout(own.ao(attended)))
        return own.oln(x + self.dropout(own.fo(F.gelu(own.fi(x)))))


class JudgeNetwork(nn.Module):  # type: ignore[misc]
    """Pairs of token ids to class logits (n, 3) and relevance (n,)."""

    def __init__(self, weights: WeightsFile, *, dropout: float = 0.1) -> None:
        super().__init__()
        shape = weights.configuration
        word = torch.tensor(values(weights.blocks("emb.word")))
        self.word = nn.Embedding.from_pretrained(word, freeze=True)
        position = weights.floats("emb.pos").reshape(-1, shape.hidden) + weights.floats("emb.type")[: shape.hidden]
        self.position = nn.Parameter(torch.tensor(np.array(position)))
        self.norm = _norm(weights, "emb.ln")
        self.layers = nn.ModuleList(Layer(weights, f"l{i}.", dropout) for i in range(shape.layers))
        self.inner = nn.Linear(FEATURES * shape.hidden, shape.hidden)
        self.classes = nn.Linear(shape.hidden, len(LABELS))
        self.relevance = nn.Linear(shape.hidden, 1)
        self.dropout = nn.Dropout(dropout)
        self.embedding_dropout = TokenDropout(dropout)

    def forward(
        self, ids: torch.Tensor, present: torch.Tensor, second: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """``present`` and ``second`` are 0/1, shape (n, tokens): tokens, and tokens of the evidence."""
        x = self.norm((self.word(ids) + self.position[: ids.shape[1]]).to(self.norm.weight.dtype))
        x = self.embedding_dropout(x)
        mask = ((1 - present) * _MASKED)[:, None, None, :].to(x.dtype)
        for layer in self.layers:
            x = layer(x, mask)
        x = x.float()
        a, b = _mean(x, present * (1 - second)), _mean(x, present * second)
        features = torch.cat([x[:, 0], a, b, (a - b).abs(), a * b], -1)
        hidden = self.dropout(F.gelu(self.inner(self.dropout(features))))
        return self.classes(hidden), self.relevance(hidden).squeeze(-1)


def _mean(x: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
    weight = chosen.unsqueeze(-1).to(x.dtype)
    return (x * weight).sum(1) / weight.sum(1).clamp(min=1)


def _linear(weights: WeightsFile, name: str) -> nn.Linear:
    matrix = values(weights.blocks(f"{name}.w"))
    layer = nn.Linear(matrix.shape[1], matrix.shape[0])
    layer.weight.data = torch.tensor(matrix)
    layer.bias.data = torch.tensor(np.array(weights.floats(f"{name}.b")))
    return layer


def _norm(weights: WeightsFile, name: str) -> nn.LayerNorm:
    layer = nn.LayerNorm(weights.configuration.hidden, weights.configuration.epsilon)
    layer.weight.data = torch.tensor(np.array(weights.floats(f"{name}.w")))
    layer.bias.data = torch.tensor(np.array(weights.floats(f"{name}.b")))
    return layer
