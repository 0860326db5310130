"""Exact search by inner product."""

import time
from collections.abc import Mapping

import numpy as np

from eval.peers.domain import Corpus
from eval.peers.order import best
from eval.retrieval.domain import SuiteQuestion
from eval.retrieval.systems import Ranked
from eval.runs import Json
from models.protocols import Vectors


class Dense:
    """Every text's vector against the question's."""

    name = "dense"
    index_llm_tokens = 0
    parameters: Mapping[str, Json] = {"search": "exact"}

    def __init__(self, corpus: Corpus) -> None:
        began = time.perf_counter()
        self._ids = corpus.ids
        self._asked = corpus.asked
        self._vectors = np.ascontiguousarray(corpus.vectors)
        self.index_s = time.perf_counter() - began

    def scores(self, question: SuiteQuestion) -> Vectors:
        """The cosine of every text."""
        found: Vectors = self._vectors @ self._asked[question.id]
        return found

    async def rank(self, question: SuiteQuestion, k: int) -> Ranked:
        """The nearest texts."""
        return Ranked(tuple(self._ids[row] for row in best(self.scores(question), k)))
