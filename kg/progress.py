"""How far a long step is, told while it works."""

from collections.abc import Callable

Progress = Callable[[str, int, int], None]
"""Called with the name of the step, how much is done and how much there is."""


def untold(step: str, done: int, total: int) -> None:
    """Tell nobody."""
