"""The recipe of the adapter's training."""

from pathlib import Path
from typing import Literal

from training.recipe_file import RecipeModel


class Recipe(RecipeModel):
    """What is trained on and how; the defaults are those of the bundled adapter."""

    name: str = "answers"
    abstracts: Path
    scifact: Path
    parts: frozenset[int] = frozenset()
    """The parts of the packets (the number before the hyphen) that are trained on; all where none is named."""
    held_out: frozenset[str] = frozenset()
    """Packets that are measured and not trained on."""
    translations: bool = True
    """Whether groups of translations are trained on beside those of questions."""
    first_layer: int = 10
    """The first layer that gets an adapter; those below are only read, which saves a third of the time."""
    rank: int = 8
    learning_rate: float = 2e-4
    epochs: int = 1
    most_groups: int | None = None
    """How many groups are drawn by the seed; all where it is None."""
    groups_a_step: int = 2
    """Groups of examples that share their evidence."""
    frozen: Literal["float", "int8"] = "float"
    """How the weights that are not trained are multiplied: see ``training.int8_linear``."""
    seed: int = 7
    start: Path | None = None
    """Folder of an adapter of the same rank and layers to go on from."""
