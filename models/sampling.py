"""The parameters of a request that the models here understand, by the names that callers pass to LangChain."""

from collections.abc import Mapping
from typing import Any

from models.errors import ModelRefused

NAMES = ("temperature", "top_p", "repetition_penalty", "beam_width", "max_tokens", "n", "seed")


def sampling(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The given parameters, checked; raises ModelRefused naming the parameter and its range."""
    given = {name: arguments[name] for name in NAMES if arguments.get(name) is not None}
    _within(given, "temperature", 0, 2)
    _within(given, "top_p", 0, 1, open_low=True)
    _within(given, "repetition_penalty", 0, 2, open_low=True)
    _within(given, "beam_width", 1, 16)
    _within(given, "max_tokens", 1, 32768)
    _within(given, "n", 1, 32)
    _within(given, "seed", 0, 2**32 - 1)
    return given


def _within(given: Mapping[str, Any], name: str, low: float, high: float, *, open_low: bool = False) -> None:
    value = given.get(name)
    if value is None:
        return
    valid = isinstance(value, int | float) and (value > low if open_low else value >= low) and value <= high
    if not valid:
        raise ModelRefused(
            f"{name} is {value!r}; it must be {'above' if open_low else 'at least'} {low}, at most {high}"
        )
