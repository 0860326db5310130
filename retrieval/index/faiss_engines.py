"""What FAISS searches with: every vector, the same on a GPU, or compressed codes in inverted lists."""

import math
from pathlib import Path
from typing import Any

import numpy as np

from models.protocols import Vectors

_BLOCK = 50_000
_TRAINED_ON = 100
_ROUNDS = 8
_FEWEST_IN_A_LIST = 40
_PROBED_SHARE, _PROBED_LEAST = 8, 96
_QUERY_BITS = 8


def gpu_present() -> bool:
    """Whether FAISS was built for a GPU and sees one."""
    faiss = _faiss()
    return hasattr(faiss, "StandardGpuResources") and faiss.get_num_gpus() > 0


def flat(vectors: Vectors, *, gpu: bool) -> Any:
    """Every vector compared, in this machine's memory or the GPU's."""
    index = _faiss().IndexFlatIP(vectors.shape[1])
    if gpu:
        index = _faiss().index_cpu_to_gpu(_faiss().StandardGpuResources(), 0, index)
    _fill(index, vectors)
    return index


def inverted_lists(vectors: Vectors) -> Any:
    """RaBitQ codes in inverted lists, one bit a dimension, scanned by SIMD (Gao and Long, 2024, arXiv:2405.12497).

    The lists are the cells of k-means on an even sample, so that equal vectors give equal lists.
    """
    faiss = _faiss()
    lists = max(1, min(2 ** round(math.log2(math.sqrt(len(vectors)))), len(vectors) // _FEWEST_IN_A_LIST))
    cells = faiss.IndexFlatIP(vectors.shape[1])
    index = faiss.IndexIVFRaBitQFastScan(cells, vectors.shape[1], lists, faiss.METRIC_INNER_PRODUCT)
    cells.this.disown()
    index.own_fields = True
    index.cp.niter = _ROUNDS
    index.cp.min_points_per_centroid = 1
    index.cp.max_points_per_centroid = _TRAINED_ON
    step = max(1, len(vectors) // (lists * _TRAINED_ON))
    index.train(np.ascontiguousarray(vectors[::step], np.float32))
    _fill(index, vectors)
    return _tuned(index)


def read_lists(path: Path) -> Any:
    """The lists that ``write_lists`` wrote; raises RuntimeError."""
    return _tuned(_faiss().read_index(str(path)))


def write_lists(index: Any, path: Path) -> None:
    """Write lists in FAISS's own format."""
    _faiss().write_index(index, str(path))


def nearest(index: Any, query: Vectors, count: int) -> "tuple[Vectors, np.ndarray[Any, np.dtype[np.int64]]]":
    """Scores and rows of the best by the engine's own measure, on the calling thread alone."""
    _faiss().omp_set_num_threads(1)
    scores, rows = index.search(query.reshape(1, -1), count)
    there = rows[0] >= 0
    return scores[0][there], rows[0][there]


def _tuned(index: Any) -> Any:
    index.nprobe = min(index.nlist, max(_PROBED_LEAST, index.nlist // _PROBED_SHARE))
    index.qb = _QUERY_BITS
    return index


def _fill(index: Any, vectors: Vectors) -> None:
    for start in range(0, len(vectors), _BLOCK):
        index.add(np.ascontiguousarray(vectors[start : start + _BLOCK], np.float32))


def _faiss() -> Any:
    import faiss

    return faiss
