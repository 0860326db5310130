"""The product as one of the systems that are compared."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import replace

from eval.retrieval.domain import SuiteQuestion
from eval.retrieval.homes import SuiteHome
from eval.retrieval.systems import Ranked
from eval.runs import Json
from models.protocols import Embedder, Vectors
from retrieval.ablation import NOTHING_ABLATED
from retrieval.domain import EvidencePack, Mode, Query

PRODUCT = "jianxi"
"""The name of the whole product among the systems."""

LEFT_OUT = ("walk", "lexical", "dense", "linking", "bridges", "adaptation")
"""The parts of the ranking that an ablation leaves out, one at a time."""

_INNER = {"rank"}
_MOST = 80


class JianxiSystem:
    """The product's retrieval on an open home; a document ranks where its best passage does."""

    index_llm_tokens = 0

    def __init__(
        self,
        opened: SuiteHome,
        embedder: Embedder,
        *,
        mode: Mode = Mode.HYBRID,
        without: str = "",
        index_s: float | None = None,
        asked: Mapping[str, Vectors] | None = None,
    ) -> None:
        """``without`` is a part of the ranking that is left out; ``asked`` are vectors of questions made beforehand.

        ``index_s`` are the seconds from files to indexes in which the embedder was not at work, by default those of
        the home.
        """
        made = opened.making
        self.name = PRODUCT if mode is Mode.HYBRID else f"{PRODUCT}-{mode.value}"
        self.name += f"-without-{without}" if without else ""
        self.index_s = made.seconds - made.embedding_s if index_s is None else index_s
        self.parameters: Mapping[str, Json] = {"mode": mode.value, "without": without}
        flags = replace(NOTHING_ABLATED, **{without: False}) if without else None
        self._retriever = opened.retriever.ablated(flags) if flags else opened.retriever
        self._indexes = opened.indexes
        self._embedder = embedder
        self._mode = mode
        self._asked = asked or {}
        self._passages_a_text: int | None = None

    async def rank(self, question: SuiteQuestion, k: int) -> Ranked:
        """The k best texts; where texts are cut into several passages, as many passages are asked for as that takes."""
        known = self._asked.get(question.id)
        text = question.text if known is not None else await self._retriever.embedded_text(question.text)
        passages = k * await self._spare()
        began = time.perf_counter()
        vector = known if known is not None else await asyncio.to_thread(self._embedder.encode_query, text)
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
