"""The seams of the models that LangChain has no interface for."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]


class Embedder(Protocol):
    """Texts to unit vectors; every implementation is a LangChain ``Embeddings`` as well.

    The array methods spare the hot path LangChain's lists of floats.
    """

    @property
    def identity(self) -> str:
        """Name, precision and revision: vectors of two embedders mix only where this is equal."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, shape (n, dimension); raises ModelUnavailable."""

    def encode_query(self, text: str) -> Vectors:
        """The unit vector of a question, shape (dimension,); raises ModelUnavailable."""


class Reranker(Protocol):
    """Scores how well texts answer a query."""

    @property
    def identity(self) -> str:
        """Name and revision of the model."""

    async def score(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """One score a text, higher is better; raises ModelUnavailable."""


class JudgeThresholds(Protocol):
    """The calibrated thresholds that are stored with a judge's weights."""

    @property
    def supported(self) -> float:
        """The probability from which on a claim is supported."""

    @property
    def contradicted(self) -> float:
        """Any other claim is contradicted where that is likelier than unsupported times this."""

    @property
    def relevant(self) -> float:
        """The relevance of the best text from which on a question is answered."""

    @property
    def reads_relevance(self) -> bool:
        """Whether relevance was measured to tell questions that a text answers from near ones."""

    @property
    def reads_questions(self) -> bool:
        """Whether a question may stand before the claim that answers it."""


class Judge(Protocol):
    """A trained reader of pairs; blocks, so that callers go through ``asyncio.to_thread``."""

    @property
    def identity(self) -> str:
        """Name and revision of the weights."""

    @property
    def description(self) -> JudgeThresholds:
        """The thresholds of these weights."""

    def verdicts(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        """For each claim with its evidence the probabilities supported, contradicted, unsupported; shape (n, 3)."""

    def relevance(self, query: str, texts: Sequence[str]) -> Vectors:
        """How well each text answers a query, 0 to 1; shape (n,)."""
