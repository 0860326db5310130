"""How long and how fast the judge is trained."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from training.recipe_file import RecipeModel


class Schedule(RecipeModel):
    """How long and how fast: ``epochs`` lists, epoch by epoch, how many examples of each source are drawn."""

    epochs: Sequence[Mapping[str, int]]
    learning_rate: float = 1e-4
    head_rate: float = 5e-4
    smoothing: float = 0.03
    batch_tokens: int = 6144
    frozen_layers: int = 0
    seed: int = 7
    warm_up: ClassVar[float] = 0.06
    weight_decay: ClassVar[float] = 0.01
    save_every_steps: ClassVar[int] = 100
