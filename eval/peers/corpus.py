"""What the systems of a comparison are made of: a suite's texts with vectors that all share, and what those cost."""

import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from eval.retrieval.domain import Suite, SuiteQuestion
from eval.retrieval.homes import built_home
from eval.retrieval.metrics import percentile
from kg.domain import DocumentId, Passage, PassageId
from models.protocols import Embedder, Vectors
from retrieval.index.vector_cache import Done, VectorCache

_SAMPLE = 64
_WARM, _TIMED = 3, 20
_VECTORS = Path("indexes") / "vectors.sqlite"


@dataclass(frozen=True, slots=True)
class Corpus:
    """A suite; ``documents`` are the strings that were embedded, ``vectors`` their rows, ``asked`` those of questions.

    Rows are in the order of the suite's texts, questions are known by their ids.
    """

    suite: Suite
    documents: tuple[str, ...]
    vectors: Vectors
    asked: Mapping[str, Vectors]

    @property
    def ids(self) -> list[str]:
        """Ids of the texts, in the order of the rows."""
        return [t.id for t in self.suite.texts]


class StringVectors:
    """Vectors of strings that are no passages of the product; those of a corpus are computed once and kept."""

    def __init__(self, file: Path, embedder: Embedder, told: Done | None = None) -> None:
        self._cache = VectorCache(file, embedder)
        self._embedder = embedder
        self._told = told

    def passages(self, strings: Sequence[str]) -> Vectors:
        """Unit vectors (n, dimension) of strings as they stand in a corpus."""
        return self._cache.vectors_of([Passage(PassageId(s), DocumentId(s), 0, s, "en") for s in strings], self._told)

    def questions(self, strings: Sequence[str]) -> Vectors:
        """Unit vectors (n, dimension) of strings as they are asked."""
        asked = [self._embedder.encode_query(string) for string in strings]
        return np.array(asked, np.float32).reshape(len(strings), self._embedder.dimension)


def corpus_of(suite: Suite, home: Path, embedder: Embedder, strings: StringVectors, told: Done | None = None) -> Corpus:
    """The questions that have gold, with vectors that the product's own index in ``home`` was built of."""
    passages = [text.passage() for text in suite.texts]
    asked = tuple(q for q in suite.questions if q.gold)
    vectors = VectorCache(home / _VECTORS, embedder).vectors_of(passages, told)
    questions = zip(asked, strings.questions([q.text for q in asked]), strict=True)
    documents = tuple(p.searchable for p in passages)
    return Corpus(replace(suite, questions=asked), documents, vectors, {q.id: vector for q, vector in questions})


def embedding_s(documents: Sequence[str], embedder: Embedder) -> float:
    """Seconds that embedding all the documents takes, by a sample of them spread over the corpus."""
    step = max(1, len(documents) // _SAMPLE)
    sample = sorted(documents[::step], key=len)
    began = time.perf_counter()
    embedder.encode_passages(sample)
    return (time.perf_counter() - began) * sum(map(len, documents)) / max(1, sum(map(len, sample)))


def question_ms(questions: Sequence[SuiteQuestion], embedder: Embedder) -> float:
    """Milliseconds of embedding a question, the median of a few."""
    times = []
    for question in questions[: _WARM + _TIMED]:
        began = time.perf_counter()
        embedder.encode_query(question.text)
        times.append(1000.0 * (time.perf_counter() - began))
    return percentile(times[min(_WARM, len(times) - 1) :], 0.5)


async def product_index_s(home: Path, embedder: Embedder) -> float:
    """Seconds that the product takes to build all its indexes of a home, vectors known, on a copy of it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "home"
        shutil.copytree(home, copy)
        async with built_home(copy, embedder) as opened:
            began = time.perf_counter()
            await opened.indexes.rebuild()
            return time.perf_counter() - began
