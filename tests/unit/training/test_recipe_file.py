"""A recipe that is wrong tells where."""

from pathlib import Path

import pytest

from training.answers.recipe import Recipe
from training.recipe_file import BrokenRecipe, read_recipe


def test_every_place_that_is_wrong_is_told_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text("abstracts: a.jsonl\nrank: many\nlayers: 3\n", "utf-8")
    with pytest.raises(BrokenRecipe) as told:
        read_recipe(path, Recipe)
    assert all(part in str(told.value) for part in ("recipe.yaml:2: rank", "recipe.yaml:3: layers", "scifact"))


def test_what_a_recipe_does_not_say_is_that_of_the_bundled_one(tmp_path: Path) -> None:
    path = tmp_path / "recipe.yaml"
    path.write_text("abstracts: a.jsonl\nscifact: b.jsonl\n", "utf-8")
    assert read_recipe(path, Recipe) == Recipe(abstracts=Path("a.jsonl"), scifact=Path("b.jsonl"))
