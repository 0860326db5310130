"""The product as one of the systems that are compared."""

import asyncio
import time

from eval.retrieval.domain import SuiteQuestion
from eval.retrieval.homes import SuiteHome
from eval.retrieval.systems import Ranked
from models.protocols import Embedder
from retrieval.domain import EvidencePack, Mode, Query

_INNER = {"rank"}
_MOST = 80


class JianxiSystem:
    """The product's retrieval on an open home; a document ranks where its best passage does."""

    def __init__(self, opened: SuiteHome, embedder: Embedder, *, mode: Mode = Mode.HYBRID) -> None:
        self._retriever = opened.retriever
        self._indexes = opened.indexes
        self._embedder = embedder
        self._mode = mode
        self._making = opened.making
        self._passages_a_text: int | None = None

    @property
    def name(self) -> str:
        """``jianxi``, with the mode where it is not the usual one."""
        return "jianxi" if self._mode is Mode.HYBRID else f"jianxi-{self._mode.value}"

    @property
    def index_s(self) -> float:
        """Seconds from files to indexes in which the embedder was not at work."""
        return self._making.seconds - self._making.embedding_s if self._making else 0.0

    @property
    def index_llm_tokens(self) -> int:
        """None: indexing asks no language model."""
        return 0

    async def rank(self, question: SuiteQuestion, k: int) -> Ranked:
        """The k best texts; where texts are cut into several passages, as many passages are asked for as that takes."""
        text = await self._retriever.embedded_text(question.text)
        passages = k * await self._spare()
        began = time.perf_counter()
        vector = await asyncio.to_thread(self._embedder.encode_query, text)
        embedded = time.perf_counter()
        pack = await self._retriever.retrieve(Query(question.text, self._mode, passages), vector=vector)
        while len(_texts(pack)) < k and len(pack.passages) == passages <= _MOST:
            passages *= 2
            pack = await self._retriever.retrieve(Query(question.text, self._mode, passages), vector=vector)
        retrieved = time.perf_counter()
        stages = {stage: ms for stage, ms in pack.stages_ms.items() if stage not in _INNER}
        whole = {"embed": 1000.0 * (embedded - began), "retrieve": 1000.0 * (retrieved - embedded)}
        return Ranked(_texts(pack)[:k], {**stages, **whole})

    async def _spare(self) -> int:
        if self._passages_a_text is None:
            status = await self._indexes.status()
            self._passages_a_text = 2 if status.passages > status.documents else 1
        return self._passages_a_text


def _texts(pack: EvidencePack) -> tuple[str, ...]:
    """The texts of the passages, each where its best passage is."""
    return tuple(dict.fromkeys(p.document.source_id for p in pack.passages))
