"""The product itself, whole, by mode, or with a part of its ranking left out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from eval.peers.domain import Corpus
from eval.retrieval.domain import SuiteQuestion
from eval.retrieval.systems import Ranked
from eval.runs import Json
from retrieval.ablation import NOTHING_ABLATED
from retrieval.domain import Mode, Query
from retrieval.retriever import Retriever

PRODUCT = "jianxi"
"""The name of the whole product among the systems."""

LEFT_OUT = ("walk", "lexical", "dense", "linking", "bridges", "adaptation")
"""The parts of the ranking that an ablation leaves out, one at a time."""


@dataclass(frozen=True, slots=True)
class Product:
    """The retriever of a suite's home; ``index_s`` is what building its indexes takes, vectors known.

    ``passages_a_text`` is above 1 where texts are cut into several passages.
    """

    retriever: Retriever
    index_s: float
    passages_a_text: int = 1


class Jianxi:
    """The whole of ``retrieve``: linking, ranking, reading the passages and finding facts."""

    index_llm_tokens = 0

    def __init__(self, product: Product, corpus: Corpus, *, mode: Mode = Mode.HYBRID, without: str = "") -> None:
        self.name = _named(mode, without)
        self.index_s = product.index_s
        self.parameters: Mapping[str, Json] = {"mode": mode.value, "without": without}
        flags = replace(NOTHING_ABLATED, **{without: False}) if without else NOTHING_ABLATED
        self._retriever = product.retriever.ablated(flags)
        self._passages_a_text = product.passages_a_text
        self._corpus = corpus
        self._mode = mode

    async def rank(self, question: SuiteQuestion, k: int) -> Ranked:
        """Texts in the order of their best passage."""
        vector = self._corpus.asked[question.id]
        pack = await self._retriever.retrieve(
            Query(question.text, self._mode, k * self._passages_a_text), vector=vector
        )
        stages = {stage: ms for stage, ms in pack.stages_ms.items() if stage not in ("embed", "rank")}
        return Ranked(tuple(dict.fromkeys(p.document.source_id for p in pack.passages))[:k], stages)


def _named(mode: Mode, without: str) -> str:
    if without:
        return f"{PRODUCT}-without-{without}"
    return PRODUCT if mode is Mode.HYBRID else f"{PRODUCT}-{mode.value}"
