"""Verifies claims by their wording alone: overlap of words, numbers with units, symbols.

It needs no weights and sees neither direction nor negation; a trained verifier takes its place where there is one.
"""

from collections.abc import Sequence

from app.answering.domain import Verdict
from app.answering.verify.findings import CERTAIN, checked
from app.answering.verify.protocols import Claim, Finding
from app.answering.verify.wording import share_held, windows

_LEAST = 0.7
"""Share of a claim's words that one to three neighbouring sentences must hold."""


Held = tuple[float, int | None, str]
"""Share of a claim's words that a text holds, the number of the evidence, and the text."""


class LexicalVerifier:
    """The verifier of an installation without weights."""

    identity = "lexical-2"
    whole_answers = False

    async def verify(self, claims: Sequence[Claim]) -> Sequence[Finding]:
        """The finding of each claim."""
        return [_finding(claim) for claim in claims]


def best_held(claim: Claim) -> Held:
    """The shortest run of sentences that holds most of a claim's words: share, number of the evidence, text."""
    return max(
        ((share_held(claim.text, w), e.number, w) for e in claim.evidence for w in windows(e.text)),
        key=lambda found: (round(found[0], 6), -len(found[2])),
        default=(0.0, None, ""),
    )


def _finding(claim: Claim) -> Finding:
    held, number, quote = best_held(claim)
    if held < _LEAST:
        return Finding(
            Verdict.UNSUPPORTED, CERTAIN[Verdict.UNSUPPORTED], reasons=("too far from the wording of the evidence",)
        )
    return checked(claim, Finding(Verdict.SUPPORTED, CERTAIN[Verdict.SUPPORTED], number, quote))
