"""An embedder with a cache of recent texts' vectors."""

from collections.abc import Sequence

import numpy as np

from models.protocols import Embedder, Vectors
from models.recent import Recent

_MOST = 20_000


class CachingEmbedder:
    """Caches another embedder's vectors, because one answer needs those of the same sentences several times.

    Holds the ``most`` texts used last, about 1.5 kB each at 384 dimensions.
    """

    def __init__(self, embedder: Embedder, *, most: int = _MOST) -> None:
        self._embedder = embedder
        self._known = Recent[str](most)

    @property
    def identity(self) -> str:
        """The identity of the cached embedder."""
        return self._embedder.identity

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._embedder.dimension

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, shape (n, dimension); only the unknown ones are computed."""
        read = self._known.read(texts, self._embedder.encode_passages)
        return np.stack(read) if read else np.empty((0, self.dimension), np.float32)

    def encode_query(self, text: str) -> Vectors:
        """The unit vector of a question, shape (dimension,); questions are not remembered."""
        return self._embedder.encode_query(text)
