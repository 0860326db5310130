"""The models behind one answer."""

from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel

from app.answering.messages import Messages
from app.answering.prompt import Prompt
from app.answering.verify.own_check import OwnCheckVerifier
from app.answering.verify.protocols import ClaimVerifier
from models.protocols import Embedder, Judge


@dataclass(frozen=True, slots=True)
class Models:
    """The model that answers, the one that quotes if the first fails or is not verified, and the verifier.

    ``least_support`` is the probability of support that a sentence of a small model needs beside the verdict, 0 for
    another. A ``tuned`` model says all that it finds, and nothing where it finds nothing: quotes stand only for a list,
    and what it said and was not verified leads to the places to read.
    """

    chat: BaseChatModel
    extractive: bool
    fallback: BaseChatModel | None
    embedder: Embedder
    verifier: ClaimVerifier
    least_support: float = 0.0
    tuned: bool = False
    judge: Judge | None = None

    def verifier_for(self, prompt: Prompt | None, words: Messages) -> ClaimVerifier:
        """The verifier of one answer; a model that checks itself does it over all that it read."""
        if prompt is not None and isinstance(self.verifier, OwnCheckVerifier):
            return self.verifier.over(prompt.evidence, words)
        return self.verifier
