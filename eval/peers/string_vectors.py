"""Vectors of strings that are no passages of the product, in its own cache of vectors."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from kg.domain import DocumentId, Passage, PassageId
from models.protocols import Embedder, Vectors
from retrieval.index.vector_cache import VectorCache

Told = Callable[[int, int], None]
"""Called with how many strings have vectors and how many there are."""


class StringVectors:
    """Vectors by one embedder; those of a corpus are computed once and kept in a file."""

    def __init__(self, file: Path, embedder: Embedder, told: Told = lambda done, total: None) -> None:
        self._cache = VectorCache(file, embedder)
        self._embedder = embedder
        self._told = told

    def passages(self, strings: Sequence[str]) -> Vectors:
        """Unit vectors (n, dimension) of strings as they stand in a corpus."""
        return self._cache.vectors_of([Passage(PassageId(s), DocumentId(s), 0, s, "en") for s in strings], self._told)

    def questions(self, strings: Sequence[str]) -> Vectors:
        """Unit vectors (n, dimension) of strings as they are asked."""
        asked = [self._embedder.encode_query(string) for string in strings]
        return np.array(asked, np.float32).reshape(len(strings), self._embedder.dimension)
