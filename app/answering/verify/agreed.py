"""Verifies by the judge and by wording together, for a model that was trained to keep the words of its evidence."""

from collections.abc import Sequence
from dataclasses import replace

from app.answering.domain import Verdict
from app.answering.verify.findings import checked
from app.answering.verify.lexical import LexicalVerifier, best_held
from app.answering.verify.protocols import Claim, ClaimVerifier, Finding
from kg.documents.language import language_of

LEAST, LEAST_ACROSS = 0.5, 0.6
"""The mean of the judge's probability of support and the share of words held from which on a claim is supported.

More is asked where claim and evidence are in two languages: the glossary that wording goes by does not have every word.
"""


class AgreedVerifier:
    """Believes a claim where judge and wording agree enough.

    The judge misreads short true sentences that lean on their question ("The velocity was reduced by 22%"); wording
    sees neither direction nor negation. `docs/decisions/0213` has the figures.
    """

    whole_answers = False

    def __init__(self, judge: ClaimVerifier) -> None:
        self._judge = judge

    @property
    def identity(self) -> str:
        """Both identities."""
        return f"{self._judge.identity}+{LexicalVerifier.identity}"

    async def verify(self, claims: Sequence[Claim]) -> Sequence[Finding]:
        """The finding of each claim."""
        found = await self._judge.verify(claims)
        return [_agreed(claim, finding) for claim, finding in zip(claims, found, strict=True)]


def _agreed(claim: Claim, judged: Finding) -> Finding:
    held, number, quote = best_held(claim)
    support = (judged.probabilities.supported + held) / 2
    probabilities = replace(judged.probabilities, supported=support)
    across = language_of(claim.text) != language_of(quote)
    if support < (LEAST_ACROSS if across else LEAST):
        label = Verdict.UNSUPPORTED if judged.label is Verdict.SUPPORTED else judged.label
        reasons = judged.reasons or ("the evidence does not surely say this",)
        return replace(judged, label=label, probabilities=probabilities, reasons=reasons)
    if judged.label is Verdict.SUPPORTED:
        return replace(judged, probabilities=probabilities)
    return checked(claim, Finding(Verdict.SUPPORTED, probabilities, number, quote), reasoning=True)
