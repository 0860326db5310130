"""The dense index on FAISS: exact while that is quick and on a GPU, else compressed codes with an exact rerank.

Vectors are kept in one ``.npy`` file that is mapped into memory, so that the exact scores of the rerank cost no
memory and a search reads only what it reranks.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from kg.domain import PassageId
from models.protocols import Vectors
from retrieval.domain import Hit
from retrieval.errors import IndexCorrupt, IndexMismatch

EXACT_BELOW = 100_000
"""Passages under which every vector is compared."""

RERANKED = 400
"""Candidates of the compressed index that are compared exactly."""

_ROUND = 6


class FaissIndex:
    """Unit vectors by inner product; positions in the matrix are ordered by passage id."""

    def __init__(self, dimension: int, *, exact_below: int = EXACT_BELOW, gpu: bool | None = None) -> None:
        self._dimension = dimension
        self._exact_below = exact_below
        self._on_gpu = _gpu_present() if gpu is None else gpu
        self._ids: list[PassageId] = []
        self._positions: dict[PassageId, int] = {}
        self._vectors: Vectors = np.empty((0, dimension), np.float32)
        self._engine: Any = None

    @classmethod
    def load(cls, folder: Path, *, exact_below: int = EXACT_BELOW, gpu: bool | None = None) -> "FaissIndex":
        """Read what ``save`` wrote; raises IndexCorrupt."""
        with _translated(folder):
            vectors = np.load(folder / "vectors.npy", mmap_mode="r", allow_pickle=False)
            ids = [PassageId(i) for i in json.loads((folder / "ids.json").read_text("utf-8"))]
            if vectors.ndim != 2 or len(ids) != len(vectors):
                raise ValueError(f"{len(ids)} ids for vectors of shape {vectors.shape}")
            index = cls(int(vectors.shape[1]), exact_below=exact_below, gpu=gpu)
            index._set(ids, vectors)
            codes = folder / "codes.faiss"
            if codes.exists():
                index._engine = _faiss().read_index(str(codes))
        return index

    def add(self, ids: Sequence[PassageId], vectors: Vectors) -> None:
        """Add passages; raises IndexMismatch for a wrong dimension."""
        if vectors.ndim != 2 or vectors.shape[1] != self._dimension or len(ids) != len(vectors):
            raise IndexMismatch(
                f"vectors of shape {vectors.shape} for {len(ids)} passages do not fit an index of dimension "
                f"{self._dimension}; run `jianxi index rebuild`"
            )
        rows = {**self._positions, **{id_: len(self._ids) + n for n, id_ in enumerate(ids)}}
        order = sorted(rows)
        both = np.concatenate([self._vectors, np.asarray(vectors, np.float32)])
        self._set(order, both[[rows[id_] for id_ in order]])

    def remove(self, ids: Collection[PassageId]) -> None:
        """Remove passages; unknown ids are ignored."""
        gone = set(ids)
        rows = [row for row, id_ in enumerate(self._ids) if id_ not in gone]
        if len(rows) < len(self._ids):
            self._set([self._ids[row] for row in rows], np.ascontiguousarray(self._vectors[rows]))

    def search(self, vector: Vectors, k: int, *, allowed: Collection[PassageId] | None = None) -> Sequence[Hit]:
        """The k best, ties by id; only among ``allowed`` where given."""
        query = np.ascontiguousarray(vector, np.float32).reshape(-1)
        if query.shape[0] != self._dimension:
            raise IndexMismatch(
                f"a question's vector has {query.shape[0]} dimensions, the index {self._dimension}; "
                "run `jianxi index rebuild`"
            )
        if not self._ids or k < 1:
            return []
        if allowed is not None:
            rows = np.array(sorted(self._positions[i] for i in allowed if i in self._positions), np.int64)
            return self._best(rows, self._vectors[rows] @ query, k)
        engine = self._built()
        wanted = min(max(k, RERANKED) if self._compressed else k + 8, len(self._ids))
        scores, found = engine.search(query.reshape(1, -1), wanted)
        rows = found[0][found[0] >= 0]
        if self._compressed:
            rows = np.sort(rows)
            return self._best(rows, self._vectors[rows] @ query, k)
        return self._best(rows, scores[0][: len(rows)], k)

    def save(self, folder: Path) -> None:
        """Write the index into an empty folder."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "vectors.npy", np.asarray(self._vectors), allow_pickle=False)
        (folder / "ids.json").write_text(json.dumps(self._ids), "utf-8")
        if self._compressed:
            _faiss().write_index(self._built(), str(folder / "codes.faiss"))

    def vectors_of(self, ids: Sequence[PassageId]) -> Vectors:
        """The vectors of passages that are there, in the order asked."""
        return np.asarray(self._vectors[[self._positions[i] for i in ids]])

    def __len__(self) -> int:
        return len(self._ids)

    @property
    def _compressed(self) -> bool:
        return len(self._ids) >= self._exact_below and not self._on_gpu

    def _set(self, ids: list[PassageId], vectors: Vectors) -> None:
        self._ids = ids
        self._positions = {id_: row for row, id_ in enumerate(ids)}
        self._vectors = vectors
        self._engine = None

    def _best(self, rows: "np.ndarray[Any, np.dtype[np.int64]]", scores: Vectors, k: int) -> list[Hit]:
        rounded = np.round(scores.astype(np.float64), _ROUND)
        first = np.lexsort((rows, -rounded))[:k]
        return [Hit(self._ids[row], score) for row, score in zip(rows[first], rounded[first].tolist(), strict=True)]

    def _built(self) -> Any:
        if self._engine is None:
            self._engine = _codes(self._vectors) if self._compressed else _flat(self._vectors, gpu=self._on_gpu)
        return self._engine


def _gpu_present() -> bool:
    faiss = _faiss()
    return hasattr(faiss, "StandardGpuResources") and faiss.get_num_gpus() > 0


def _flat(vectors: Vectors, *, gpu: bool) -> Any:
    index = _faiss().IndexFlatIP(vectors.shape[1])
    if gpu:
        index = _faiss().index_cpu_to_gpu(_faiss().StandardGpuResources(), 0, index)
    index.add(np.ascontiguousarray(vectors, np.float32))
    return index


def _codes(vectors: Vectors) -> Any:
    """RaBitQ codes, one bit a dimension, scanned by SIMD (Gao and Long, 2024, arXiv:2405.12497)."""
    index = _faiss().IndexRaBitQFastScan(vectors.shape[1], _faiss().METRIC_INNER_PRODUCT)
    sample = np.ascontiguousarray(vectors[:: max(1, len(vectors) // 100_000)], np.float32)
    index.train(sample)
    for start in range(0, len(vectors), 100_000):
        index.add(np.ascontiguousarray(vectors[start : start + 100_000], np.float32))
    return index


def _faiss() -> Any:
    import faiss

    return faiss


@contextmanager
def _translated(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError, EOFError, RuntimeError) as error:
        raise IndexCorrupt(
            f"the dense index in {folder} cannot be read: {error}; run `jianxi index rebuild`"
        ) from error
