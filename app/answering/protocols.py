"""The seams of answering: what finds its evidence, and what asks the library's records."""

from typing import Protocol

from app.answering.composed import Composed
from app.answering.messages import Messages
from retrieval.domain import EvidencePack, Query


class AsksLibrary(Protocol):
    """Asks the library's records."""

    async def __call__(self, text: str, words: Messages, *, summary: bool | None = None) -> Composed | None:
        """The records' answer, None where they cannot be asked; raises StoreUnavailable, ModelUnavailable."""


class Retrieves(Protocol):
    """What answering needs of retrieval."""

    async def retrieve(self, query: Query) -> EvidencePack:
        """Evidence for a query; raises RetrievalError."""
