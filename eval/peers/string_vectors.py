"""Vectors of strings, computed once: pairs of NumPy files without pickle, digests beside vectors."""

import hashlib
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from models.protocols import Embedder, Vectors

_PART = 1024
_BATCH = 128
_DIGEST_BYTES = 16

Told = Callable[[int, int], None]
"""Called with how many strings have vectors and how many there are."""


class StringVectors:
    """A folder of vectors by one embedder; what was cut off goes on after the last 1,024."""

    def __init__(self, folder: Path, embedder: Embedder, told: Told = lambda done, total: None) -> None:
        self._folder = folder
        self._embedder = embedder
        self._told = told
        self._known: dict[bytes, Vectors] | None = None

    def passages(self, strings: Sequence[str]) -> Vectors:
        """Unit vectors (n, dimension) of strings as they stand in a corpus."""
        return self._all(strings, "passage", self._encoded)

    def questions(self, strings: Sequence[str]) -> Vectors:
        """Unit vectors (n, dimension) of strings as they are asked."""
        return self._all(strings, "query", lambda part: np.array([self._embedder.encode_query(s) for s in part]))

    def _all(self, strings: Sequence[str], kind: str, encode: Callable[[Sequence[str]], Vectors]) -> Vectors:
        keys = [self._key(kind, s) for s in strings]
        known = self._loaded()
        missing = {key: s for key, s in zip(keys, strings, strict=True) if key not in known}
        # Batches of like length: little is padded.
        order = sorted(missing, key=lambda key: (-len(missing[key]), key))
        for start in range(0, len(order), _PART):
            part = order[start : start + _PART]
            vectors = np.asarray(encode([missing[key] for key in part]), np.float32)
            self._keep(part, vectors)
            known.update(zip(part, vectors, strict=True))
            self._told(start + len(part), len(order))
        return np.array([known[key] for key in keys], np.float32).reshape(len(keys), self._embedder.dimension)

    def _encoded(self, strings: Sequence[str]) -> Vectors:
        starts = range(0, len(strings), _BATCH)
        return np.concatenate([self._embedder.encode_passages(strings[start : start + _BATCH]) for start in starts])

    def _key(self, kind: str, string: str) -> bytes:
        text = f"{self._embedder.identity}\0{kind}\0{string}"
        return hashlib.sha256(text.encode()).digest()[:_DIGEST_BYTES]

    def _loaded(self) -> dict[bytes, Vectors]:
        if self._known is None:
            self._known = {}
            for path in sorted(self._folder.glob("*.keys.npy")):
                digests = np.load(path, allow_pickle=False)
                vectors = np.load(path.with_name(path.name.replace(".keys.", ".vectors.")), allow_pickle=False)
                self._known.update(zip(map(bytes, digests), vectors, strict=True))
        return self._known

    def _keep(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Vectors first, so that digests never stand alone."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = secrets.token_hex(8)
        np.save(self._folder / f"{name}.vectors.npy", vectors, allow_pickle=False)
        digests = np.frombuffer(b"".join(keys), np.uint8).reshape(len(keys), _DIGEST_BYTES)
        partial = self._folder / f"{name}.partial.npy"
        np.save(partial, digests, allow_pickle=False)
        partial.replace(self._folder / f"{name}.keys.npy")
