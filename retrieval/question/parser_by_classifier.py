"""Parses a question by the trained classifier; needs no model but the embedder."""

import asyncio
from collections.abc import Sequence

from models.protocols import Embedder
from retrieval.question.conversation import Conversation, Linkers
from retrieval.question.domain import Question, Turn
from retrieval.question.intent_classifier import IntentClassifier, IntentReading, bundled_classifier


class ClassifierParser:
    """Reads intents with the embedder of the weights, with any other by the character n-grams alone."""

    def __init__(self, embedder: Embedder, linkers: Linkers, *, classifier: IntentClassifier | None = None) -> None:
        self._embedder = embedder
        self._classifier = classifier or bundled_classifier()
        self._conversation = Conversation(linkers)

    async def parse(self, text: str, history: Sequence[Turn] = ()) -> Question:
        """The parsed question; raises ModelUnavailable."""
        reading = await self.read(text, bool(history))
        return await self._conversation.resolve(text, history, reading, self.read)

    async def resolve(self, text: str, history: Sequence[Turn], reading: IntentReading) -> Question:
        """The question as another reader understood it, with what it takes over."""
        return await self._conversation.resolve(text, history, reading, self.read)

    async def read(self, text: str, after_turns: bool) -> IntentReading:
        """Intent and detail of a text; ``after_turns`` tells whether turns came before it."""
        return await asyncio.to_thread(self._read, text, after_turns)

    def _read(self, text: str, after_turns: bool) -> IntentReading:
        known = self._embedder.identity == self._classifier.embedder
        vector = self._embedder.encode_query(text) if known else None
        return self._classifier.classify(text, vector=vector, after_turns=after_turns)
