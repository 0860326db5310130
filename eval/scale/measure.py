"""Asks the indexes of a corpus of one size, in a process of its own so that its memory is its own."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

import numpy as np

from eval.memory import memory_bytes
from eval.scale.build import Told, build
from eval.scale.domain import latency_of
from eval.scale.sources import AskedVector, Sources
from models.protocols import Vectors
from retrieval.evidence_set.scorer import bundled_scorer
from retrieval.index.faiss_index import FaissEngine
from retrieval.index.snapshot_contents import Snapshot, load_whole
from retrieval.index.snapshots import Manifest
from retrieval.rank import rank
from retrieval.sources.dense import DEPTH
from retrieval.sources.domain import SourceQuery

P = ParamSpec("P")
T = TypeVar("T")

_NEAREST = 10
_ROUNDS = 3


def measure(
    folder: Path, sources: Sources, questions: Sequence[AskedVector], count: int, embedder: str, tell: Told
) -> dict[str, float]:
    """Build a corpus of ``count`` passages in ``folder`` and ask it everything; all figures by name.

    ``build_peak_mib`` is the most memory that building took; the others are those of ``build`` and ``ask``.
    """
    manifest, built = _alone(_built, folder, sources, count, embedder, tell)
    tell("ask", 0, 1)
    answered = _alone(ask, folder, manifest, questions)
    tell("ask", 1, 1)
    return {**built, **answered}


def ask(folder: Path, manifest: Manifest, questions: Sequence[AskedVector]) -> dict[str, float]:
    """Open the indexes and time each part, and the whole ranking, on every question.

    ``serving_mib`` is what a process holds that has the indexes open and has answered, pages of mapped files left out;
    ``dense_recall@10`` is that of the dense index against comparing every vector.
    """
    start = time.perf_counter()
    snapshot = load_whole(folder, manifest, FaissEngine()).shown
    open_s = time.perf_counter() - start
    times = _times(snapshot, questions)
    figures = {"open_s": round(open_s, 2), "serving_mib": _memory_mib("RssAnon")}
    figures["dense_recall@10"] = _recall(snapshot, folder, questions)
    for part, own in times.items():
        figures |= latency_of(part, own)
    return figures


def _times(snapshot: Snapshot, questions: Sequence[AskedVector]) -> dict[str, list[float]]:
    parts: dict[str, list[float]] = {"dense": [], "lexical": [], "walk": [], "whole": []}
    for round_ in range(_ROUNDS):
        for question in questions:
            dense, found = _timed(snapshot.dense.search, question.vector, DEPTH)
            lexical, _ = _timed(snapshot.lexical.search, question.text, DEPTH)
            walk, _ = _timed(lambda q, h: snapshot.walk.walk(h, snapshot.walk.names_in(q.text)), question, found)
            whole, _ = _timed(
                rank, snapshot, SourceQuery(question.text, vector=question.vector), scorer=bundled_scorer()
            )
            if round_:
                for part, spent in zip(parts, (dense, lexical, walk, whole), strict=True):
                    parts[part].append(spent)
    return parts


def _timed(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> tuple[float, T]:
    start = time.thread_time()
    result = work(*args, **kwargs)
    return 1000.0 * (time.thread_time() - start), result


def _recall(snapshot: Snapshot, folder: Path, questions: Sequence[AskedVector]) -> float:
    """The share of the ten nearest of all vectors that the dense index finds."""
    vectors = np.load(folder / "dense" / "vectors.npy", mmap_mode="r", allow_pickle=False)
    nearest = nearest_of_all(vectors, np.stack([q.vector for q in questions]), _NEAREST)
    hits = 0
    for question, least in zip(questions, nearest, strict=True):
        found = snapshot.dense.search(question.vector, _NEAREST)
        hits += sum(h.score >= least - 1e-5 for h in found)
    return round(hits / (_NEAREST * len(questions)), 4)


def nearest_of_all(vectors: Vectors, questions: Vectors, count: int) -> Vectors:
    """The score of each question's ``count``-th nearest, by comparing every vector in blocks."""
    best = np.full((len(questions), count), -np.inf, np.float32)
    for start in range(0, len(vectors), 50_000):
        scores = questions @ np.asarray(vectors[start : start + 50_000]).T
        best = -np.partition(-np.concatenate([best, scores], axis=1), count - 1, axis=1)[:, :count]
    return np.asarray(best.min(axis=1), np.float32)


def _built(folder: Path, sources: Sources, count: int, embedder: str, tell: Told) -> tuple[Manifest, dict[str, float]]:
    manifest, figures = build(folder, sources, count, embedder, tell)
    return manifest, {**figures, "build_peak_mib": _memory_mib("VmHWM")}


def _memory_mib(kind: str) -> float:
    return round(memory_bytes(kind) / 2**20, 1)


def _alone(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(work, *args, **kwargs).result()
