"""Flags that leave out a part of the ranking, so that an evaluation measures its effect."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AblationFlags:
    """Which parts take part; the product is all of them.

    ``linking`` are the question's names and entities, ``bridges`` is the choice of passages as a set; without
    ``adaptation`` every corpus is weighed as one that tells nothing of itself.
    """

    dense: bool = True
    lexical: bool = True
    walk: bool = True
    linking: bool = True
    bridges: bool = True
    adaptation: bool = True

    def keeps(self, source: str) -> bool:
        """Whether a source is asked; one without a flag is."""
        return bool(getattr(self, source, True))


NOTHING_ABLATED = AblationFlags()
"""The product."""
