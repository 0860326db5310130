"""The nouns of measuring claim verification."""

from dataclasses import dataclass

SUPPORTED, CONTRADICTED, UNSUPPORTED = LABELS = ("supported", "contradicted", "unsupported")

NO_RATIONALE = "no_rationale"
"""The type of a claim whose deciding sentences nobody marked."""


@dataclass(frozen=True, slots=True)
class LabelledClaim:
    """A claim with the evidence to judge it by and the right label.

    ``type`` names the one thing that was changed, or the kind of support. ``source`` is shared by claims that were made
    from the same text, which are therefore not independent.
    """

    id: str
    language: str
    text: str
    evidence: tuple[str, ...]
    label: str
    type: str
    source: str = ""
