"""The recipe of the adapter's training."""

from pathlib import Path

from training.recipe_file import RecipeModel


class Recipe(RecipeModel):
    """What is trained on and how; the defaults are those of the bundled adapter."""

    name: str = "answers"
    abstracts: Path
    scifact: Path
    held_out: frozenset[str] = frozenset()
    """Packets that are measured and not trained on."""
    first_layer: int = 10
    """The first layer that gets an adapter; those below are only read, which saves a third of the time."""
    rank: int = 8
    learning_rate: float = 2e-4
    epochs: int = 1
    examples_a_step: int = 6
    seed: int = 7
