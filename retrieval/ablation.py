"""The parts of the ranking, so that an evaluation can leave one out and see what it is worth."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Parts:
    """Which parts take part; the product is all of them.

    ``linking`` are the question's names and entities; without ``adaptation`` every corpus is weighed as one that tells
    nothing of itself.
    """

    dense: bool = True
    lexical: bool = True
    walk: bool = True
    linking: bool = True
    adaptation: bool = True


ALL_PARTS = Parts()
"""The product."""
