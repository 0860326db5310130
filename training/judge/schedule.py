"""How long and how fast the judge is trained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast: ``epochs`` lists, epoch by epoch, how many examples of each source are drawn."""

    epochs: Sequence[Mapping[str, int]]
    learning_rate: float = 1e-4
    head_rate: float = 5e-4
    warm_up: float = 0.06
    batch_tokens: int = 6144
    weight_decay: float = 0.01
    smoothing: float = 0.05
    frozen_layers: int = 0
    seed: int = 7
    save_every_steps: int = 100
