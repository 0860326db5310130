"""Verifies the replies of a tuned model by how far they agree and how much of their wording the evidence holds."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict
from scipy.special import expit

from app.answering.domain import Verdict
from app.answering.verify.agreement import Agreement
from app.answering.verify.findings import gives_others
from app.answering.verify.lexical import Held, best_held
from app.answering.verify.protocols import Claim, ClaimVerifier, Finding, NumberedText, Probabilities
from kg.documents.language import language_of

BUNDLED = Path(__file__).with_name("agreed.json")

LEAST = 0.4
"""How probably a sentence is right that is shown (`docs/decisions/0217`)."""

Features = npt.NDArray[np.float64]


class Weights(BaseModel):
    """A logistic regression of whether a sentence is right.

    It reads the agreement of the replies, the share of words that the evidence holds, whether claim and evidence are
    in two languages, and whether the evidence seems to give another number or code (0 or 1 each).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    agreement: float
    held: float
    across: float
    other_number: float
    bias: float

    def probabilities(self, features: Features) -> Features:
        """From features, shape (n, 4), to how probably each sentence is right, shape (n,)."""
        return np.asarray(expit(features @ (self.agreement, self.held, self.across, self.other_number) + self.bias))


@lru_cache(maxsize=1)
def bundled_weights() -> Weights:
    """The weights that ``jianxi train agreement`` made."""
    return Weights.model_validate_json(BUNDLED.read_text("utf-8"))


def features_of(claims: Sequence[Claim], agreement: Agreement) -> Features:
    """What the weights read of each claim, shape (n, 4); the first is NaN where the claim is of no reply."""
    return _features(claims, [best_held(claim) for claim in claims], agreement)


def _features(claims: Sequence[Claim], best: Sequence[Held], agreement: Agreement) -> Features:
    columns = (
        agreement.shares([claim.text for claim in claims]),
        [held for held, _, _ in best],
        [language_of(claim.text) != language_of(quote) for claim, (_, _, quote) in zip(claims, best, strict=True)],
        [gives_others(claim) for claim in claims],
    )
    return np.column_stack(columns).astype(np.float64).reshape(-1, 4)


class AgreedVerifier:
    """Believes a sentence of the model's replies by how probably it is right; ``others`` verifies any other claim.

    A model that was trained to keep to its evidence misreads it in another way each time, and what it reads right it
    says again. The judge hardly tells these sentences: they are short and lean on their question. ``agreement`` is of
    the replies to the prompt, once they are known.
    """

    whole_answers = True

    def __init__(self, others: ClaimVerifier, agreement: Agreement | None = None) -> None:
        self._others = others
        self.agreement = agreement or Agreement()
        self.read: tuple[NumberedText, ...] = ()

    @property
    def identity(self) -> str:
        """Both identities."""
        return f"agreement+{self._others.identity}"

    async def verify(self, claims: Sequence[Claim]) -> Sequence[Finding]:
        """The finding of each claim."""
        read = [replace(claim, evidence=self.read or claim.evidence) for claim in claims]
        best = [best_held(claim) for claim in read]
        features = _features(read, best, self.agreement)
        said = ~np.isnan(features[:, 0])
        right = bundled_weights().probabilities(features)
        rest = iter(await self._others.verify([claim for claim, own in zip(claims, said, strict=True) if not own]))
        return [
            _finding(claim, found, float(p)) if own else next(rest)
            for claim, found, own, p in zip(claims, best, said, right, strict=True)
        ]


def _finding(claim: Claim, found: Held, right: float) -> Finding:
    """The finding of a claim: what it cites, or ``found`` in all that was read, where that holds more of it.

    A paper is often read as several passages, and a model that means the paper cites the first of them.
    """
    if right < LEAST:
        lacking = Probabilities(right, 0.0, 1 - right)
        return Finding(Verdict.UNSUPPORTED, lacking, reasons=("the evidence does not surely say this",))
    cited = best_held(claim)
    _, number, quote = found if found[0] > cited[0] else cited
    return Finding(Verdict.SUPPORTED, Probabilities(right, 0.0, 1 - right), number, quote)
