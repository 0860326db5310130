"""The recipe of a training as a YAML file."""

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from app.answering.yaml_model import read_model
from eval.errors import EvalError


class BrokenRecipe(EvalError):
    """A recipe is wrong; tells every place of the file that is."""


class RecipeModel(BaseModel):
    """What a recipe may say, and nothing else; paths in it are relative to the working folder."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Recipe = TypeVar("Recipe", bound=RecipeModel)


def read_recipe(path: Path, model: type[Recipe]) -> Recipe:
    """The recipe of a file; raises BrokenRecipe."""
    recipe, problems = read_model(path, model)
    if recipe is None:
        raise BrokenRecipe("\n".join(problems))
    return recipe
