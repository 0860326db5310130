"""Small honest models for tests: replies from a script, vectors from hashed words, scores from shared words."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import Field, PrivateAttr

from models.array_embeddings import ArrayEmbeddings
from models.han import HAN
from models.protocols import Vectors

_TERM = re.compile(f"[a-z0-9]+|[{HAN}]+")
_HELD = 0.8
_PIECE = re.compile(rf"\S+\s*|\s+|[{HAN}]")


def terms(text: str) -> list[str]:
    """Lower-case words of Latin letters and digits, and pairs of neighbouring Han characters."""
    found: list[str] = []
    for run in _TERM.findall(text.lower()):
        if run[0] >= HAN[0]:
            found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        else:
            found.append(run)
    return found


class ScriptedChat(BaseChatModel):
    """Answers with the given replies in turn (the last one for ever), in pieces of a word each.

    ``prompts`` holds the messages of every call. An exception in ``replies`` is raised instead of answered.
    """

    replies: Sequence[str | Exception]
    delay_s: float = Field(default=0, description="Pause before each piece.")
    prompts: list[list[BaseMessage]] = Field(default_factory=list)
    _calls: int = PrivateAttr(default=0)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def _next(self, messages: list[BaseMessage]) -> str:
        self.prompts.append(messages)
        reply = self.replies[min(self._calls, len(self.replies) - 1)]
        self._calls += 1
        if isinstance(reply, Exception):
            raise reply
        return reply

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        made = [ChatGeneration(message=AIMessage(self._next(messages))) for _ in range(kwargs.get("n", 1))]
        return ChatResult(generations=made)

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for piece in _PIECE.findall(self._next(messages)):
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        for piece in _PIECE.findall(self._next(messages)):
            await asyncio.sleep(self.delay_s)
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))


class HashingEmbedder(ArrayEmbeddings):
    """Unit vectors of hashed words and pairs of Han characters: texts that share words are near."""

    def __init__(self, dimension: int = 256) -> None:
        self._dimension = dimension

    @property
    def identity(self) -> str:
        """Name and dimension."""
        return f"hashing-{self._dimension}"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (n, dimension)."""
        vectors = np.zeros((len(texts), self._dimension), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for term in terms(text) or [text]:
                digest = hashlib.blake2b(term.encode(), digest_size=8).digest()
                row[int.from_bytes(digest[:4], "little") % self._dimension] += 1 if digest[4] & 1 else -1
            if not row.any():
                row[0] = 1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """The unit vector of a question, shape (dimension,)."""
        vector: Vectors = self.encode_passages([text])[0]
        return vector


class ScriptedReranker:
    """Scores a text by the share of the query's words that it has; ``asked`` holds every call."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, tuple[str, ...]]] = []

    @property
    def identity(self) -> str:
        """Its name."""
        return "scripted-overlap"

    async def score(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """One score a text."""
        self.asked.append((query, tuple(texts)))
        wanted = set(terms(query))
        return [len(wanted & set(terms(text))) / max(len(wanted), 1) for text in texts]


@dataclass(frozen=True, slots=True)
class ScriptedThresholds:
    """The thresholds of a scripted judge."""

    supported: float = 0.5
    contradicted: float = 1.0
    relevant: float = 0.5
    reads_relevance: bool = True
    reads_questions: bool = False


class ScriptedJudge:
    """Supports a claim of whose words four fifths stand in the evidence and contradicts one that ``against`` names.

    ``against`` holds pairs of a part of the claim and a part of the evidence that deny each other, and are denied in
    either order. Relevance is the share of the query's words that a text has. ``pairs`` holds every pair that was read.
    """

    def __init__(self, against: Sequence[tuple[str, str]] = ()) -> None:
        self.pairs: list[tuple[str, str]] = []
        self._against = (*against, *((b, a) for a, b in against))

    identity = "scripted-judge"
    description = ScriptedThresholds()

    def verdicts(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        """Probabilities supported, contradicted, unsupported, shape (n, 3)."""
        self.pairs += pairs
        return np.array([self._verdict(claim, evidence) for claim, evidence in pairs], np.float32).reshape(-1, 3)

    def relevance(self, query: str, texts: Sequence[str]) -> Vectors:
        """Shares of the query's words, shape (n,)."""
        wanted = set(terms(query))
        return np.array([len(wanted & set(terms(t))) / max(len(wanted), 1) for t in texts], np.float32)

    def _verdict(self, claim: str, evidence: str) -> tuple[float, float, float]:
        if any(a in claim and b in evidence for a, b in self._against):
            return 0.05, 0.9, 0.05
        said = set(terms(claim))
        return (0.9, 0.05, 0.05) if len(said & set(terms(evidence))) >= _HELD * len(said) else (0.05, 0.05, 0.9)
