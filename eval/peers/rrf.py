"""Reciprocal rank fusion of BM25 and dense search (Cormack et al., 2009)."""

from collections.abc import Mapping

from eval.peers.bm25 import Bm25
from eval.peers.dense import Dense
from eval.retrieval.domain import SuiteQuestion
from eval.retrieval.systems import Ranked
from eval.runs import Json

_K = 60
_DEPTH = 200


class ReciprocalRankFusion:
    """The sum of 1 / (60 + rank) over the first 200 of each; its index is both of theirs."""

    name = "rrf"
    index_llm_tokens = 0
    parameters: Mapping[str, Json] = {"k": _K, "depth": _DEPTH}

    def __init__(self, lexical: Bm25, dense: Dense) -> None:
        self._sources = (lexical, dense)
        self.index_s = lexical.index_s + dense.index_s

    async def rank(self, question: SuiteQuestion, k: int) -> Ranked:
        """Texts by their places in both lists, ties by id."""
        scores: dict[str, float] = {}
        for source in self._sources:
            for place, id_ in enumerate((await source.rank(question, _DEPTH)).ids, start=1):
                scores[id_] = scores.get(id_, 0.0) + 1.0 / (_K + place)
        return Ranked(tuple(sorted(scores, key=lambda id_: (-scores[id_], id_))[:k]))
