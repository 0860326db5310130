"""Suites that the product was made on: their figures do not say how well it does on questions nobody has seen."""

_SETS = frozenset({"ecs", "cross-language", "musique100", "scifact", "graph"})

NOTE = "a development set: settings, words and rules were chosen while looking at it"


def is_development_set(suite: str) -> bool:
    """Whether the product was made while looking at a suite."""
    return suite in _SETS


def titled(suite: str) -> str:
    """The suite's name, with what a reader must know of it."""
    return f"{suite} (development set)" if is_development_set(suite) else suite
