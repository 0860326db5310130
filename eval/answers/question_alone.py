"""Retrieval by the question without its options, which only the model is shown (MIRAGE's question-only retrieval)."""

from dataclasses import replace

from app.answering.prepare import Retrieves
from retrieval.domain import EvidencePack, Query


class QuestionAlone:
    """Takes the options off what is retrieved for; ``set_options`` tells those of the next question."""

    def __init__(self) -> None:
        self._over: Retrieves | None = None
        self._options = ""

    def over(self, retriever: Retrieves) -> None:
        """Set who retrieves."""
        self._over = retriever

    def set_options(self, text: str) -> None:
        """Set what stands behind the next question; empty for none."""
        self._options = text

    async def retrieve(self, query: Query) -> EvidencePack:
        """Evidence for the question alone; raises RetrievalError."""
        if self._over is None:
            raise RuntimeError("nobody retrieves yet: `over` names who does")
        alone = query.text.removesuffix(self._options).rstrip() if self._options else query.text
        return await self._over.retrieve(replace(query, text=alone))
