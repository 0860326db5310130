"""BM25 by bm25s (Lù, 2024, arXiv:2407.03618), fed with the product's search words."""

import time
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.peers.domain import Corpus
from eval.peers.order import best
from eval.retrieval.domain import SuiteQuestion
from eval.retrieval.systems import Ranked
from eval.runs import Json
from retrieval.text.words import words

_K1, _B = 1.2, 0.75


class Bm25:
    """Lucene's BM25 over title and text."""

    name = "bm25"
    index_llm_tokens = 0
    parameters: Mapping[str, Json] = {"package": "bm25s", "variant": "lucene", "k1": _K1, "b": _B}

    def __init__(self, corpus: Corpus) -> None:
        import bm25s

        began = time.perf_counter()
        self._ids = corpus.ids
        self._index: Any = bm25s.BM25(method="lucene", k1=_K1, b=_B)
        self._index.index([words(document) for document in corpus.documents], show_progress=False)
        self.index_s = time.perf_counter() - began

    def scores(self, text: str) -> npt.NDArray[np.float32]:
        """The score of every text."""
        found: npt.NDArray[np.float32] = self._index.get_scores(words(text))
        return found

    async def rank(self, question: SuiteQuestion, k: int) -> Ranked:
        """Texts that hold a word of the question, best first."""
        scores = self.scores(question.text)
        return Ranked(tuple(self._ids[row] for row in best(scores, k) if scores[row] > 0.0))
