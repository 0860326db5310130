"""Real passages with the embedder's own vectors: what a larger corpus is made like."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from eval.json_lines import json_lines
from eval.retrieval.domain import SuiteText
from eval.retrieval.suites import suite_named
from kg.documents.sentences import sentences
from kg.domain import Language
from models.protocols import Embedder, Vectors
from retrieval.index.vector_cache import Done, VectorCache

_CHINESE = 1500
_QUESTIONS_EACH = 60
_BLOCK = 2000

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
    passages = [t.passage() for t in texts]
    vectors = VectorCache(cache, embedder).vectors_of(passages, done)
    sources = tuple(
        Source(t.title, tuple(t.text[a:b] for a, b in sentences(t.text)) or (t.text,), p.language)
        for t, p in zip(texts, passages, strict=True)
    )
    return Sources(sources, vectors, nearest_others(vectors, NEIGHBOURS))


def texts_alone(data: Path, dimension: int) -> Sources:
    """The same texts with vectors and neighbours drawn at random, for what does not depend on meaning."""
    texts = list(_texts(data))
    drawn = np.random.default_rng(3)
    sources = tuple(
        Source(t.title, tuple(t.text[a:b] for a, b in sentences(t.text)) or (t.text,), t.passage().language)
        for t in texts
    )
    near = drawn.integers(len(texts), size=(len(texts), NEIGHBOURS))
    return Sources(sources, drawn.normal(size=(len(texts), dimension)).astype(np.float32), near)


def read_questions(data: Path, embedder: Embedder) -> list[AskedVector]:
    """Real questions on such texts: SciFact's training claims, and RGB's in Chinese."""
    asked = [q.text for name in ("scifact", "rgb") for q in suite_named(name, data).questions[:_QUESTIONS_EACH]]
    return [AskedVector(text, embedder.encode_query(text)) for text in asked]


def nearest_others(vectors: Vectors, count: int) -> npt.NDArray[np.int64]:
    """The rows of the nearest other vectors of each."""
    count = min(count, len(vectors) - 1)
    found = np.empty((len(vectors), count), np.int64)
    for start in range(0, len(vectors), _BLOCK):
        scores = vectors[start : start + _BLOCK] @ vectors.T
        rows = np.arange(len(scores))
        scores[rows, start + rows] = -np.inf
        found[start : start + len(scores)] = np.argpartition(-scores, count - 1, axis=1)[:, :count]
    return found


def _texts(data: Path) -> Iterator[SuiteText]:
    for _, row in json_lines(data / "papers/glymphatic_abstracts/corpus.jsonl"):
        if row.get("abstract"):
            yield SuiteText(f"a{row.get('pmid') or row.get('doi')}", row.get("title") or "", row["abstract"])
    yield from suite_named("scifact", data).texts
    yield from _evenly(suite_named("rgb", data).texts, _CHINESE)


def _evenly(texts: Sequence[SuiteText], count: int) -> Sequence[SuiteText]:
    return texts[:: max(1, len(texts) // count)][:count]
