"""The unit of the judge's training data: a claim, its evidence and the label."""

from dataclasses import dataclass
from typing import Literal

from kg.domain import Language

Label = Literal["supported", "contradicted", "unsupported", "wrong", "relevant", "irrelevant"]
"""``wrong`` is contradicted or unsupported, where the source does not tell which; the last two are of ranking."""


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled pair; ``group`` joins pairs that must stay in one split (of one passage, claim or query)."""

    claim: str
    evidence: str
    label: Label
    type: str
    language: Language
    source: str
    group: str

    @property
    def role(self) -> Literal["query", "claim"]:
        """As what the judge reads the first text."""
        return "query" if self.label in ("relevant", "irrelevant") else "claim"
