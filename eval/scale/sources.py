"""Real passages with the embedder's own vectors: what a larger corpus is made like."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from eval.json_lines import json_lines
from eval.retrieval.domain import SuiteText
from eval.retrieval.suites import suite_named
from kg.documents.language import language_of
from kg.documents.sentences import sentences
from kg.domain import Language
from models.protocols import Embedder, Vectors
from retrieval.index.vector_cache import Done, VectorCache

_CHINESE = 1500
_QUESTIONS_EACH = 60

NEIGHBOURS = 16
"""Nearest passages by which a source's surroundings are known."""


@dataclass(frozen=True, slots=True)
class Source:
    """A real passage; ``sentences`` are its own, in order."""

    title: str
    sentences: tuple[str, ...]
    language: Language


@dataclass(frozen=True, slots=True)
class Sources:
    """Real passages, their unit vectors, and the rows of each one's nearest others."""

    passages: tuple[Source, ...]
    vectors: Vectors
    near: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class AskedVector:
    """A real question as retrieval sees it."""

    text: str
    vector: Vectors


def read_sources(data: Path, cache: Path, embedder: Embedder, done: Done | None = None) -> Sources:
    """Abstracts of the library and of SciFact and Chinese snippets, embedded once and kept in ``cache``."""
    texts = list(_texts(data))
    vectors = VectorCache(cache, embedder).vectors_of([t.passage() for t in texts], done)
    return Sources(tuple(map(_source, texts)), vectors, nearest_others(vectors, NEIGHBOURS))


def texts_alone(data: Path, dimension: int) -> Sources:
    """The same texts with vectors and neighbours drawn at random, for what does not depend on meaning."""
    texts = list(_texts(data))
    drawn = np.random.default_rng(3)
    near = drawn.integers(len(texts), size=(len(texts), NEIGHBOURS))
    vectors = drawn.normal(size=(len(texts), dimension)).astype(np.float32)
    return Sources(tuple(map(_source, texts)), vectors, near)


def read_questions(data: Path, embedder: Embedder) -> list[AskedVector]:
    """Real questions on such texts: SciFact's training claims, and RGB's in Chinese."""
    asked = [q.text for name in ("scifact", "rgb") for q in suite_named(name, data).questions[:_QUESTIONS_EACH]]
    return [AskedVector(text, embedder.encode_query(text)) for text in asked]


def nearest_others(vectors: Vectors, count: int) -> npt.NDArray[np.int64]:
    """The rows of the nearest other vectors of each."""
    count = min(count, len(vectors) - 1)
    found = faiss.knn(vectors, vectors, count + 1, faiss.METRIC_INNER_PRODUCT)[1]
    own = found == np.arange(len(vectors))[:, None]
    own[~own.any(axis=1), -1] = True
    return np.asarray(found[~own].reshape(len(vectors), count), np.int64)


def _source(text: SuiteText) -> Source:
    own = tuple(text.text[a:b] for a, b in sentences(text.text))
    return Source(text.title, own or (text.text,), language_of(text.text))


def _texts(data: Path) -> Iterator[SuiteText]:
    for _, row in json_lines(data / "papers/glymphatic_abstracts/corpus.jsonl"):
        if row.get("abstract"):
            yield SuiteText(f"a{row.get('pmid') or row.get('doi')}", row.get("title") or "", row["abstract"])
    yield from suite_named("scifact", data).texts
    snippets = suite_named("rgb", data).texts
    yield from snippets[:: max(1, len(snippets) // _CHINESE)][:_CHINESE]
