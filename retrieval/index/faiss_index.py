"""The dense index on FAISS: exact while that is quick and on a GPU, else compressed codes with an exact rerank.

Vectors are kept in one ``.npy`` file that is mapped into memory, so that the exact scores of the rerank cost no
memory and a search reads only what it reranks.
"""

import json
from bisect import bisect_left
from collections.abc import Collection, Sequence
from itertools import pairwise
from pathlib import Path
from sys import intern
from typing import Any

import numpy as np
import numpy.typing as npt

from kg.domain import PassageId
from models.protocols import Vectors
from retrieval.domain import Hit
from retrieval.errors import reading
from retrieval.index.faiss_engines import flat, gpu_present, inverted_lists, nearest, read_lists, write_lists
from retrieval.index.query_vector import query_vector

Rows = npt.NDArray[np.int64]

EXACT_BELOW = 50_000
"""Passages under which every vector is compared."""

RERANKED = 800
"""Candidates of the compressed index that are compared exactly."""

_SPARE = 8
"""More than are wanted, since passages of equal score stand in order of their ids."""

_MOST_ON_GPU = 2048
_ROUND = 6
_LISTS = "lists.faiss"
_BLOCK = 50_000


class FaissIndex:
    """Unit vectors by inner product; positions in the matrix are ordered by passage id."""

    def __init__(
        self,
        ids: Sequence[PassageId],
        vectors: Vectors,
        *,
        exact_below: int = EXACT_BELOW,
        gpu: bool | None = None,
    ) -> None:
        if vectors.ndim != 2 or len(ids) != len(vectors):
            raise ValueError(f"{len(ids)} ids for vectors of shape {vectors.shape}")
        self._ids, self._vectors = list(ids), np.asarray(vectors, np.float32)
        if any(a > b for a, b in pairwise(ids)):
            order = sorted(range(len(ids)), key=ids.__getitem__)
            self._ids, self._vectors = [ids[row] for row in order], self._vectors[order]
        self._on_gpu = gpu_present() if gpu is None else gpu
        self._compressed = len(ids) >= exact_below and not self._on_gpu
        self._engine: Any = None

    @classmethod
    def load(cls, folder: Path, *, exact_below: int = EXACT_BELOW, gpu: bool | None = None) -> "FaissIndex":
        """Read what ``save`` wrote; raises IndexCorrupt."""
        with reading(f"the dense index in {folder}"):
            vectors = np.load(folder / "vectors.npy", mmap_mode="r", allow_pickle=False)
            ids = [PassageId(intern(i)) for i in json.loads((folder / "ids.json").read_text("utf-8"))]
            index = cls(ids, vectors, exact_below=exact_below, gpu=gpu)
            if index._compressed and (folder / _LISTS).exists():
                index._engine = read_lists(folder / _LISTS)
        return index

    def search(self, vector: Vectors, k: int, *, allowed: Collection[PassageId] | None = None) -> Sequence[Hit]:
        """The k best, ties by id; only among ``allowed`` where given. Raises IndexMismatch for a wrong dimension."""
        query = query_vector(vector, self._vectors.shape[1])
        if not self._ids or k < 1:
            return []
        if allowed is not None:
            rows = np.array(sorted(row for i in allowed if (row := self._position(i)) is not None), np.int64)
            return self._best(rows, self._compared(rows, query), k)
        most = len(self._ids) if not self._on_gpu else min(len(self._ids), _MOST_ON_GPU)
        if k > most < len(self._ids):
            every = np.arange(len(self._ids))
            return self._best(every, self._compared(every, query), k)
        wanted = min(max(k, RERANKED) if self._compressed else k + _SPARE, most)
        while True:
            _, found = nearest(self._built(), query, wanted)
            rows = np.sort(found)
            scores = self._compared(rows, query)
            if self._compressed or wanted == most or _clear(scores, k):
                return self._best(rows, scores, k)
            wanted = min(2 * wanted, most)

    def save(self, folder: Path) -> None:
        """Write the index into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        np.save(folder / "vectors.npy", np.asarray(self._vectors), allow_pickle=False)
        (folder / "ids.json").write_text(json.dumps(self._ids), "utf-8")
        if self._compressed:
            write_lists(self._built(), folder / _LISTS)

    def vectors_of(self, ids: Sequence[PassageId]) -> Vectors:
        """The vectors of existing passages, in the given order."""
        rows = [self._position(i) for i in ids]
        return np.asarray(self._vectors[[row for row in rows if row is not None]])

    def __len__(self) -> int:
        return len(self._ids)

    def _position(self, id_: PassageId) -> int | None:
        row = bisect_left(self._ids, id_)
        return row if row < len(self._ids) and self._ids[row] == id_ else None

    def _compared(self, rows: Rows, query: Vectors) -> Vectors:
        """Inner products of some rows, which are read in blocks so that a wide filter needs little memory.

        Each is summed up by itself, so a passage has the same score whatever else the index holds.
        """
        starts = range(0, len(rows), _BLOCK)
        blocks = [np.einsum("ij,j->i", self._vectors[rows[start : start + _BLOCK]], query) for start in starts]
        return np.concatenate(blocks) if blocks else np.empty(0, np.float32)

    def _best(self, rows: Rows, scores: Vectors, k: int) -> list[Hit]:
        rounded = np.round(scores.astype(np.float64), _ROUND)
        first = np.lexsort((rows, -rounded))[:k]
        return [Hit(self._ids[row], score) for row, score in zip(rows[first], rounded[first].tolist(), strict=True)]

    def _built(self) -> Any:
        if self._engine is None:
            self._engine = inverted_lists(self._vectors) if self._compressed else flat(self._vectors, gpu=self._on_gpu)
        return self._engine


def _clear(scores: Vectors, k: int) -> bool:
    """Whether the lowest score is below the k-th best, so that no passage that was not found equals that one."""
    best = np.sort(scores)[::-1]
    return len(best) > k and bool(best[k - 1] - best[-1] > 10**-_ROUND)


class FaissEngine:
    """FAISS: all files are in the snapshot's folder."""

    name = "faiss"

    def build(self, folder: Path, ids: Sequence[PassageId], vectors: Vectors, *, snapshot: str) -> None:
        """Write the vectors, and lists of their codes where they are many."""
        FaissIndex(ids, vectors).save(folder)

    def load(self, folder: Path) -> FaissIndex:
        """Vectors mapped into memory."""
        return FaissIndex.load(folder)

    def drop(self, folder: Path) -> None:
        """All data is in the folder."""
