"""The product's verifiers by name: this module drives what is measured, nothing here measures."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from eval.claims.domain import UNSUPPORTED, LabelledClaim, LabelsClaims
from eval.errors import EvalError

if TYPE_CHECKING:
    from app.answering.verify.protocols import ClaimVerifier
    from app.settings import Settings
    from models.protocols import Embedder

VERIFIERS = ("lexical", "judge", "chat")


class NoVerifier(EvalError):
    """The verifier that was asked for is not installed."""


def verifier_of(name: str | None, settings: "Settings") -> LabelsClaims:
    """A verifier by name, or the one that the product uses; raises NoVerifier."""
    from app.providers import embedder_of

    if name in (None, "lexical"):
        return LexicalVerifier(embedder_of(settings))
    raise NoVerifier(f"this installation has no {name} verifier; use --verifier lexical")


class ProductVerifier:
    """Any claim verifier of the product."""

    def __init__(self, verifier: "ClaimVerifier") -> None:
        self._verifier = verifier

    @property
    def identity(self) -> str:
        """The verifier's own."""
        return self._verifier.identity

    async def labels(self, claims: Sequence[LabelledClaim]) -> Sequence[str]:
        """The labels of the verifier's findings."""
        from app.answering.verify.protocols import Claim, NumberedText

        asked = [
            Claim(claim.text, tuple(NumberedText(n, text) for n, text in enumerate(claim.evidence, 1)))
            for claim in claims
        ]
        return [str(finding.label) for finding in await self._verifier.verify(asked)]


class LexicalVerifier:
    """The rules over words, numbers and the embedder's similarity."""

    def __init__(self, embedder: "Embedder") -> None:
        self._embedder = embedder

    @property
    def identity(self) -> str:
        """Name with the embedder's."""
        return f"lexical ({self._embedder.identity})"

    async def labels(self, claims: Sequence[LabelledClaim]) -> Sequence[str]:
        """Claims are judged one after the other."""
        return await asyncio.to_thread(lambda: [self._label(claim) for claim in claims])

    def _label(self, claim: LabelledClaim) -> str:
        from app.answering.domain import Citation
        from app.answering.evidence import EvidenceItem
        from app.answering.verify.lexical import judge
        from app.answering.verify.matching import Matcher

        texts = [text for text in claim.evidence if text.strip()]
        if not texts:
            return UNSUPPORTED
        items = [EvidenceItem(n, text, Citation(n, "passage", "", text)) for n, text in enumerate(texts, 1)]
        return str(judge(claim.text, Matcher(items, self._embedder)).verdict)
