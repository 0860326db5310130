"""The recipe of the adapter's training as a YAML file."""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict


class Recipe(BaseModel):
    """What is trained on and how; the defaults are those of the bundled adapter."""

    model_config = ConfigDict(extra="forbid", frozen=True)

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


def read_recipe(path: Path) -> Recipe:
    """Read a recipe; paths in it are relative to the working folder. Raises pydantic.ValidationError."""
    return Recipe.model_validate(yaml.safe_load(path.read_text("utf-8")))
