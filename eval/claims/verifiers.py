"""The product's verifiers by name: this module drives what is measured, nothing here measures."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from eval.claims.domain import LabelledClaim
from eval.errors import EvalError

if TYPE_CHECKING:
    from app.answering.verify.protocols import ClaimVerifier
    from app.settings import Settings

VERIFIERS = ("lexical", "judge", "chat")
_LOT = 16


class NoVerifier(EvalError):
    """The verifier that was asked for is not installed."""


def verifier_of(name: str | None, settings: "Settings") -> "ClaimVerifier":
    """A verifier by name, or the one that the product uses; raises NoVerifier."""
    from app.errors import InvalidSetting
    from app.providers import build_verifier, choose_chat, embedder_of, judge_of, weights_of

    kind = name or settings.verifier
    chat = choose_chat(settings, weights_of(settings), embedder_of(settings)) if kind == "chat" else None
    try:
        return build_verifier(kind, judge=judge_of(settings), chat=chat)
    except InvalidSetting as error:
        raise NoVerifier(f"this installation has no {kind} verifier: {error}") from error


async def labels_by(
    verifier: "ClaimVerifier", claims: Sequence[LabelledClaim], progress: Callable[[int], None]
) -> list[str]:
    """The labels of the verifier's findings; ``progress`` is told how many are done."""
    from app.answering.verify.protocols import Claim, NumberedText

    found: list[str] = []
    for start in range(0, len(claims), _LOT):
        lot = claims[start : start + _LOT]
        asked = [Claim(c.text, tuple(NumberedText(n, text) for n, text in enumerate(c.evidence, 1))) for c in lot]
        found += [str(finding.label) for finding in await verifier.verify(asked)]
        progress(len(found))
    return found
