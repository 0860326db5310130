"""From a suite and its home to what the systems are made of: texts, vectors and the seconds of the product's index."""

import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from eval.peers.domain import Corpus
from eval.peers.string_vectors import StringVectors, Told
from eval.retrieval.domain import Suite
from eval.retrieval.homes import built_home
from models.protocols import Embedder
from retrieval.index.vector_cache import VectorCache

_SAMPLE = 64
_VECTORS = Path("indexes") / "vectors.sqlite"


def corpus_of(suite: Suite, home: Path, embedder: Embedder, strings: StringVectors, told: Told | None = None) -> Corpus:
    """The suite with vectors that the product's own index in ``home`` was built of, where it holds a text whole.

    Questions without gold are left out.
    """
    passages = [text.passage() for text in suite.texts]
    asked = tuple(q for q in suite.questions if q.gold)
    vectors = VectorCache(home / _VECTORS, embedder).vectors_of(passages, told)
    questions = strings.questions([q.text for q in asked])
    return Corpus(
        replace(suite, questions=asked),
        tuple(p.searchable for p in passages),
        vectors,
        {q.id: vector for q, vector in zip(asked, questions, strict=True)},
    )


def embedding_s(documents: Sequence[str], embedder: Embedder) -> float:
    """Seconds that embedding all the documents takes, by a sample of them spread over the corpus."""
    step = max(1, len(documents) // _SAMPLE)
    sample = sorted(documents[::step], key=len)
    began = time.perf_counter()
    embedder.encode_passages(sample)
    return (time.perf_counter() - began) * sum(map(len, documents)) / max(1, sum(map(len, sample)))


async def product_index_s(home: Path, embedder: Embedder) -> float:
    """Seconds that the product takes to build all its indexes of a home, vectors known, on a copy of it."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "home"
        shutil.copytree(home, copy)
        async with built_home(copy, embedder) as opened:
            began = time.perf_counter()
            await opened.indexes.rebuild()
            return time.perf_counter() - began
