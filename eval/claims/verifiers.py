"""The product's verifiers by name: this module drives what is measured, nothing here measures."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from eval.claims.domain import LabelledClaim, LabelsClaims
from eval.errors import EvalError

if TYPE_CHECKING:
    from app.answering.verify.protocols import ClaimVerifier
    from app.settings import Settings

VERIFIERS = ("lexical", "judge", "chat")


class NoVerifier(EvalError):
    """The verifier that was asked for is not installed."""


def verifier_of(name: str | None, settings: "Settings") -> LabelsClaims:
    """A verifier by name, or the one that the product uses; raises NoVerifier."""
    from app.errors import InvalidSetting
    from app.providers import build_verifier, choose_chat, embedder_of, judge_of, weights_of

    kind = name or settings.verifier
    chat = choose_chat(settings, weights_of(settings), embedder_of(settings)) if kind == "chat" else None
    try:
        return ProductVerifier(build_verifier(kind, judge=judge_of(settings), chat=chat))
    except InvalidSetting as error:
        raise NoVerifier(f"this installation has no {kind} verifier: {error}") from error


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
