"""Which figures are better when they are lower."""

_COSTS = ("_ms", "_s", "_mb", "tokens", "seconds", "ms_a_page", "s_a_page")
_FAULTS = ("uncited", "unsupported", "wrong", "error", "hallucinat")


def is_cost(metric: str) -> bool:
    """Whether a figure is time, memory or tokens, which change with the machine and not only with the system."""
    return metric.endswith(_COSTS)


def lower_is_better(metric: str) -> bool:
    """Whether less of it is better: costs, and shares of what should not be."""
    return is_cost(metric) or metric.startswith(_FAULTS)
