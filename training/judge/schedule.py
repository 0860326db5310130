"""How long and how fast the judge is trained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Schedule:
    """How long and how fast: ``epochs`` lists, epoch by epoch, how many examples of each source are drawn.

    The recipe gives what has no default.
    """

    epochs: Sequence[Mapping[str, int]]
    learning_rate: float
    head_rate: float
    smoothing: float
    batch_tokens: int
    frozen_layers: int
    seed: int
    warm_up: float = 0.06
    weight_decay: float = 0.01
    save_every_steps: int = 100
