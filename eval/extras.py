"""Packages of an extra: imported when they are needed, with the cure where they are not there."""

from importlib import import_module
from types import ModuleType

from eval.errors import EvalError


class MissingPackage(EvalError):
    """A package that only measuring or training needs is not installed."""


def needed(module: str, *, extra: str = "eval") -> ModuleType:
    """The module; raises MissingPackage."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        raise MissingPackage(f"{module} is not installed; pip install 'jianxi[{extra}]'") from error
