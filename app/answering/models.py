"""What an answer is made with."""

from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel

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
