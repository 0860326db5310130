"""Which way a figure is better."""

from enum import Enum

_COSTS = ("_ms", "_s", "_mb", "tokens", "seconds", "_a_page")
_FAULTS = ("uncited", "unsupported", "dropped", "failed", "wrong", "supported_held", "error", "hallucinat")
_NEUTRAL = ("sentences", "declined", "quotes_given", "length", "facts_in_gold_answer")


class Direction(Enum):
    """What is better: more of it, less of it, or neither by itself."""

    HIGHER = 1
    LOWER = -1
    NEITHER = 0


def direction_of(metric: str) -> Direction:
    """Less is better of costs and faults; counts and what is right only sometimes (declining) have no better side."""
    if metric in _NEUTRAL:
        return Direction.NEITHER
    return Direction.LOWER if is_cost(metric) or metric.startswith(_FAULTS) else Direction.HIGHER


def is_cost(metric: str) -> bool:
    """Whether a figure is time, memory or tokens, which change with the machine and not only with the system."""
    return metric.endswith(_COSTS)
