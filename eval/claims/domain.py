"""The nouns of measuring claim verification."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

SUPPORTED, CONTRADICTED, UNSUPPORTED = LABELS = ("supported", "contradicted", "unsupported")


@dataclass(frozen=True, slots=True)
class LabelledClaim:
    """A claim with the evidence to judge it by and the right label.

    ``type`` names the one thing that was changed, or the kind of support. ``source`` is shared by claims that were made
    from the same text, which are therefore not independent. ``rationale`` is false where nobody marked the sentences
    that decide.
    """

    id: str
    language: str
    text: str
    evidence: tuple[str, ...]
    label: str
    type: str
    source: str = ""
    rationale: bool = True


class LabelsClaims(Protocol):
    """Gives each claim a label by its evidence."""

    @property
    def identity(self) -> str:
        """Name and revision of what gives the labels."""

    async def labels(self, claims: Sequence[LabelledClaim]) -> Sequence[str]:
        """One of ``LABELS`` for each claim, in order."""
