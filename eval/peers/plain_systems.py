"""Systems without any model of their own: BM25, exact dense search, their fusion, and a rule over titles."""

import re
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.peers.corpus import Corpus
from eval.retrieval.domain import SuiteQuestion, SuiteText
from eval.retrieval.systems import Ranked
from eval.runs import Json
from models.protocols import Vectors
from retrieval.text.words import words

_K1, _B = 1.2, 0.75
_FUSION_K, _FUSION_DEPTH = 60, 200
_SEEDS = 5
_SHORTEST = 3
_BRACKETS = re.compile(r"\s*\([^()]*\)\s*$")
_OTHER = re.compile(r"[\W_]+")


class Bm25:
    """Lucene's BM25 over title and text by bm25s (Lù, 2024, arXiv:2407.03618), fed with the product's search words."""

    name = "bm25"
    index_llm_tokens = 0
    parameters: Mapping[str, Json] = {"package": "bm25s", "variant": "lucene", "k1": _K1, "b": _B}

    def __init__(self, corpus: Corpus) -> None:
        from eval.extras import needed

        bm25s = needed("bm25s")
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


class Dense:
    """Every text's vector against the question's."""

    name = "dense"
    index_llm_tokens = 0
    parameters: Mapping[str, Json] = {"search": "exact"}

    def __init__(self, corpus: Corpus) -> None:
        began = time.perf_counter()
        self._ids = corpus.ids
        self._asked = corpus.asked
        self._vectors: Vectors = np.ascontiguousarray(corpus.vectors)
        self.index_s = time.perf_counter() - began

    async def rank(self, question: SuiteQuestion, k: int) -> Ranked:
        """The nearest texts by cosine."""
        scores = self._vectors @ self._asked[question.id]
        return Ranked(tuple(self._ids[row] for row in best(scores, k)))


class ReciprocalRankFusion:
    """The sum of 1 / (60 + rank) over the first 200 of both (Cormack et al., 2009); its index is both of theirs."""

    name = "rrf"
    index_llm_tokens = 0
    parameters: Mapping[str, Json] = {"k": _FUSION_K, "depth": _FUSION_DEPTH}

    def __init__(self, lexical: Bm25, dense: Dense) -> None:
        self._sources = (lexical, dense)
        self.index_s = lexical.index_s + dense.index_s

    async def rank(self, question: SuiteQuestion, k: int) -> Ranked:
        """Texts by their places in both lists, ties by id."""
        scores: dict[str, float] = {}
        for source in self._sources:
            for place, id_ in enumerate((await source.rank(question, _FUSION_DEPTH)).ids, start=1):
                scores[id_] = scores.get(id_, 0.0) + 1.0 / (_FUSION_K + place)
        return Ranked(tuple(sorted(scores, key=lambda id_: (-scores[id_], id_))[:k]))


class TitleRule(Bm25):
    """BM25's score, raised by that of the best of its first five texts that holds the title.

    Multi-hop sets are built along links between articles, whose words are most often the other article's title; so this
    says how much of a result is owed to that.
    """

    name = "title-rule"
    parameters: Mapping[str, Json] = {"base": "bm25", "seeds": _SEEDS}

    def __init__(self, corpus: Corpus) -> None:
        super().__init__(corpus)
        began = time.perf_counter()
        self._held = titles_held(corpus.suite.texts)
        self.index_s += time.perf_counter() - began

    def scores(self, text: str) -> npt.NDArray[np.float32]:
        """The raised score of every text."""
        own = super().scores(text)
        raised = np.zeros_like(own)
        for seed in best(own, _SEEDS):
            for row in self._held[seed]:
                raised[row] = max(raised[row], own[seed])
        return own + raised


def best(scores: npt.NDArray[np.floating], k: int) -> list[int]:
    """Rows of the k highest scores, ties in the order of the rows."""
    return [int(row) for row in np.argsort(-scores, kind="stable")[:k]]


def titles_held(texts: Sequence[SuiteText]) -> list[list[int]]:
    """Of each text the rows of the others whose titles stand in it as whole words, brackets at their end aside."""
    from ahocorasick_rs import AhoCorasick

    titles = [_folded(_BRACKETS.sub("", text.title)) for text in texts]
    rows = [row for row, title in enumerate(titles) if len(title.strip()) >= _SHORTEST]
    finder = AhoCorasick([titles[row] for row in rows])
    held = []
    for own, text in enumerate(texts):
        found = finder.find_matches_as_indexes(_folded(text.text), overlapping=True)
        held.append([row for row in dict.fromkeys(rows[number] for number, _, _ in found) if row != own])
    return held


def _folded(text: str) -> str:
    """Lower case between spaces, one space for all that is neither letter nor digit."""
    return f" {_OTHER.sub(' ', text.lower()).strip()} "
