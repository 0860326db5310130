"""Asks the indexes of a corpus of one size, in a process of its own so that its memory is its own."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import ParamSpec, TypeVar

import faiss
import numpy as np

from eval.memory import memory_bytes
from eval.retrieval.metrics import percentiles_ms
from eval.scale.build import build
from eval.scale.sources import AskedVector, Sources
from kg.progress import Progress
from retrieval.domain import Hit
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
    folder: Path, sources: Sources, questions: Sequence[AskedVector], count: int, embedder: str, tell: Progress
) -> dict[str, float]:
    """Build a corpus of ``count`` passages in ``folder`` and ask it everything; all figures by name.

    They are those of ``build`` and ``ask``, each in a process of its own.
    """
    manifest, built = _alone(build, folder, sources, count, embedder, tell)
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
    figures = {"open_s": round(open_s, 2), "serving_mib": round(memory_bytes("RssAnon") / 2**20, 1)}
    figures["dense_recall@10"] = _recall(snapshot, folder, questions)
    for part, own in times.items():
        figures |= percentiles_ms(own, 50, 95, 99, name=f"{part}_", digits=3)
    return figures


def _times(snapshot: Snapshot, questions: Sequence[AskedVector]) -> dict[str, list[float]]:
    """Milliseconds of each part for each question; a first round is not counted."""
    parts: dict[str, list[float]] = defaultdict(list)

    def timed(part: str, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        start = time.thread_time()
        result = work(*args, **kwargs)
        parts[part].append(1000.0 * (time.thread_time() - start))
        return result

    def walk(text: str, found: Sequence[Hit]) -> None:
        snapshot.walk.walk(found, snapshot.walk.names_in(text))

    for question in [*questions] * _ROUNDS:
        found = timed("dense", snapshot.dense.search, question.vector, DEPTH)
        timed("lexical", snapshot.lexical.search, question.text, DEPTH)
        timed("walk", walk, question.text, found)
        asked = SourceQuery(question.text, vector=question.vector)
        timed("whole", rank, snapshot, asked, scorer=bundled_scorer())
    return {part: spent[len(questions) :] for part, spent in parts.items()}


def _recall(snapshot: Snapshot, folder: Path, questions: Sequence[AskedVector]) -> float:
    """The share of the ten nearest of all vectors that the dense index finds."""
    vectors = np.load(folder / "dense" / "vectors.npy", mmap_mode="r", allow_pickle=False)
    asked = np.stack([q.vector for q in questions])
    scores, _ = faiss.knn(asked, vectors, _NEAREST, faiss.METRIC_INNER_PRODUCT)
    found = [snapshot.dense.search(q.vector, _NEAREST) for q in questions]
    hits = sum(h.score >= float(least) - 1e-5 for own, least in zip(found, scores[:, -1], strict=True) for h in own)
    return round(hits / (_NEAREST * len(questions)), 4)


def _alone(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(work, *args, **kwargs).result()
