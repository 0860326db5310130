"""Verifies by the model that wrote the answer: it reads all its evidence again and says yes or no to each sentence."""

from collections.abc import Sequence
from dataclasses import replace

from app.answering.domain import Verdict
from app.answering.messages import Messages, messages_in
from app.answering.prompt import check_prompt
from app.answering.verify.findings import checked
from app.answering.verify.lexical import best_held
from app.answering.verify.protocols import Claim, ClaimVerifier, Finding, Probabilities
from kg.documents.language import language_of
from models.evidence_markup import NumberedEvidence
from models.protocols import RatesWords

LEAST = 0.5
"""The probability of yes from which on a claim is supported."""


class OwnCheckVerifier:
    """Believes a claim that the model, which was trained to check so, says yes to.

    ``evidence`` is all that the model read for its answer, whose beginning of the prompt it has at hand; a claim of
    another source is read with its own evidence. ``judge`` tells contradicted from unsupported and what decides.
    """

    whole_answers = True

    def __init__(
        self,
        chat: RatesWords,
        judge: ClaimVerifier,
        words: Messages | None = None,
        evidence: Sequence[NumberedEvidence] = (),
    ) -> None:
        """``words`` are those of the prompt; without them the model is asked in the language of the claim."""
        self._chat = chat
        self._judge = judge
        self._words = words
        self._evidence = evidence
        self._support: dict[tuple[str, ...], float] = {}

    def over(self, evidence: Sequence[NumberedEvidence], words: Messages) -> "OwnCheckVerifier":
        """The same for the sentences of one answer, over the evidence of its prompt."""
        return OwnCheckVerifier(self._chat, self._judge, words, evidence)

    @property
    def identity(self) -> str:
        """The judge's identity, and that the model checks itself."""
        return f"{self._judge.identity}+own"

    async def verify(self, claims: Sequence[Claim]) -> Sequence[Finding]:
        """The finding of each claim."""
        judged = await self._judge.verify(claims)
        return [_agreed(c, j, await self.support(c)) for c, j in zip(claims, judged, strict=True)]

    async def support(self, claim: Claim) -> float:
        """How probably the model says yes; 0 without evidence, once a claim."""
        evidence = self._evidence or [NumberedEvidence(e.number, "passage", e.title, e.text) for e in claim.evidence]
        if not evidence:
            return 0.0
        key = (claim.question, claim.text, *(e.text for e in evidence))
        if key not in self._support:
            words = self._words or messages_in(language_of(claim.text))
            asked = check_prompt(claim.question, claim.text, evidence, words)
            self._support[key] = (await self._chat.likelihoods(asked, words.check_words))[0]
        return self._support[key]


def _agreed(claim: Claim, judged: Finding, support: float) -> Finding:
    rest = judged.probabilities.contradicted + judged.probabilities.unsupported
    contradicted = (1 - support) * (judged.probabilities.contradicted / rest if rest else 0.0)
    probabilities = Probabilities(support, contradicted, 1 - support - contradicted)
    if support < LEAST:
        label = Verdict.UNSUPPORTED if judged.label is Verdict.SUPPORTED else judged.label
        reasons = judged.reasons or ("the evidence does not surely say this",)
        return replace(judged, label=label, probabilities=probabilities, reasons=reasons)
    if judged.label is Verdict.SUPPORTED:
        return replace(judged, probabilities=probabilities)
    _, number, quote = best_held(claim)
    return checked(claim, Finding(Verdict.SUPPORTED, probabilities, number, quote), reasoning=True)
