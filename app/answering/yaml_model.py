"""Reads a YAML file as a model; every problem is told with its file, its line and what to do."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from kg.located_yaml import read_yaml

Model = TypeVar("Model", bound=BaseModel)

_CURES = {
    "missing": "is missing; add it",
    "extra_forbidden": "is not known; remove it, or mend its name",
}


def read_model(path: Path, model: type[Model]) -> tuple[Model | None, list[str]]:
    """The model that a file holds, or None and the problems of the file."""
    root = read_yaml(path)
    if root.node is None:
        return None, root.told()
    try:
        return model.model_validate(yaml.SafeLoader("").construct_document(root.node)), []
    except yaml.YAMLError as error:
        return None, [f"{path}: holds what is no plain value: {error}"]
    except ValidationError as error:
        return None, [f"{path}:{_line(root.node, e['loc'])}: {_told(e)}" for e in error.errors()]


def _told(problem: Mapping[str, Any]) -> str:
    place = ".".join(map(str, problem["loc"])) or "the file"
    message = str(problem["msg"])
    return f"{place} {_CURES.get(problem['type']) or f'is wrong, {message[:1].lower()}{message[1:]}; mend it'}"


def _line(node: yaml.Node, place: tuple[int | str, ...]) -> int:
    """The line of a place, or of the nearest one around it that is there."""
    line = node.start_mark.line + 1
    for step in place:
        if isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(step)), None)
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            found = (node.value[step], node.value[step])
        else:
            found = None
        if found is None:
            break
        line, node = found[0].start_mark.line + 1, found[1]
    return line
