"""The product itself, whole, by mode, or with a part of its ranking left out."""

from collections.abc import Mapping
from dataclasses import replace

from eval.peers.domain import Corpus
from eval.retrieval.domain import SuiteQuestion
from eval.retrieval.systems import Ranked
from eval.runs import Json
from retrieval.domain import Mode, Query
from retrieval.parts import ALL_PARTS
from retrieval.pipeline import Retriever

PRODUCT = "jianxi"
"""The name of the whole product among the systems."""

LEFT_OUT = ("walk", "lexical", "dense", "linking", "adaptation")
"""The parts of the ranking that an ablation leaves out, one at a time."""


class Jianxi:
    """The whole of ``retrieve``: linking, ranking, reading the passages and finding facts."""

    index_llm_tokens = 0

    def __init__(
        self, retriever: Retriever, corpus: Corpus, index_s: float, *, mode: Mode = Mode.HYBRID, without: str = ""
    ) -> None:
        self.name = _named(mode, without)
        self.index_s = index_s
        self.parameters: Mapping[str, Json] = {"mode": mode.value, "without": without}
        self._retriever = retriever.with_parts(replace(ALL_PARTS, **{without: False})) if without else retriever
        self._corpus = corpus
        self._mode = mode

    async def rank(self, question: SuiteQuestion, k: int) -> Ranked:
        """Texts in the order of their best passage."""
        vector = self._corpus.asked[question.id]
        pack = await self._retriever.retrieve(Query(question.text, self._mode, k), vector=vector)
        return Ranked(tuple(dict.fromkeys(p.document.source_id for p in pack.passages)), pack.stages_ms)


def _named(mode: Mode, without: str) -> str:
    if without:
        return f"{PRODUCT}-without-{without}"
    return PRODUCT if mode is Mode.HYBRID else f"{PRODUCT}-{mode.value}"
