"""The seam of claim verification: claims with their evidence in, findings out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.answering.domain import Verdict


@dataclass(frozen=True, slots=True)
class NumberedText:
    """One piece of evidence under the number that an answer cites it by; ``title`` names its paper."""

    number: int
    text: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence to verify against the evidence that it cites; ``question`` is what it answers, where known."""

    text: str
    evidence: tuple[NumberedText, ...]
    question: str = ""


@dataclass(frozen=True, slots=True)
class Probabilities:
    """How likely each label is; the three add up to 1."""

    supported: float
    contradicted: float
    unsupported: float


@dataclass(frozen=True, slots=True)
class Finding:
    """The finding of the evidence on a claim.

    ``number`` and ``quote`` are the evidence and its words that decide; ``quote`` occurs in the evidence. Both are
    empty where nothing decides. ``reasons`` tell a reader why a claim is not supported.
    """

    label: Verdict
    probabilities: Probabilities
    number: int | None = None
    quote: str = ""
    reasons: tuple[str, ...] = ()


class ClaimVerifier(Protocol):
    """Verifies claims; one finding a claim, in order.

    A claim without evidence is unsupported. Raises models.errors where a model behind it cannot answer.
    """

    @property
    def identity(self) -> str:
        """Name and revision of what verifies."""

    @property
    def whole_answers(self) -> bool:
        """Whether the claims of an answer cost less together than one by one."""

    async def verify(self, claims: Sequence[Claim]) -> Sequence[Finding]:
        """The finding of each claim."""
