"""Vectors of strings, computed once: NumPy files without pickle, named by what they hold."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from models.protocols import Embedder, Vectors

_PART = 4096
_BATCH = 128

Told = Callable[[int, int], None]
"""Called with how many strings have vectors and how many there are."""


class StringVectors:
    """A folder of vectors by one embedder; what was cut off goes on after the last part of 4,096."""

    def __init__(self, folder: Path, embedder: Embedder, told: Told = lambda done, total: None) -> None:
        self._folder = folder
        self._embedder = embedder
        self._told = told

    def passages(self, strings: Sequence[str]) -> Vectors:
        """Unit vectors (n, dimension) of strings as they stand in a corpus."""
        return self._all(strings, "passage", self._encoded)

    def questions(self, strings: Sequence[str]) -> Vectors:
        """Unit vectors (n, dimension) of strings as they are asked."""
        return self._all(strings, "query", lambda part: np.array([self._embedder.encode_query(s) for s in part]))

    def _all(self, strings: Sequence[str], kind: str, encode: Callable[[Sequence[str]], Vectors]) -> Vectors:
        parts = [np.empty((0, self._embedder.dimension), np.float32)]
        for start in range(0, len(strings), _PART):
            parts.append(self._part(strings[start : start + _PART], kind, encode))
            self._told(min(start + _PART, len(strings)), len(strings))
        return np.concatenate(parts)

    def _part(self, strings: Sequence[str], kind: str, encode: Callable[[Sequence[str]], Vectors]) -> Vectors:
        digest = hashlib.sha256("\0".join([self._embedder.identity, kind, *strings]).encode()).hexdigest()[:24]
        path = self._folder / f"{kind}-{digest}.npy"
        if path.is_file():
            known: Vectors = np.load(path, allow_pickle=False)
            return known
        vectors = np.asarray(encode(strings), np.float32)
        self._folder.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(".partial.npy")
        np.save(partial, vectors, allow_pickle=False)
        partial.replace(path)
        return vectors

    def _encoded(self, strings: Sequence[str]) -> Vectors:
        """In batches of like length, so that little is padded."""
        order = sorted(range(len(strings)), key=lambda n: (-len(strings[n]), n))
        vectors = np.empty((len(strings), self._embedder.dimension), np.float32)
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            vectors[rows] = self._embedder.encode_passages([strings[n] for n in rows])
        return vectors
