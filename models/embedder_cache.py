"""An embedder with a cache of recent texts' vectors."""

import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np

from models.protocols import Embedder, Vectors

_MOST = 20_000


class CachingEmbedder:
    """Caches another embedder's vectors, because one answer needs those of the same sentences several times.

    Holds the ``most`` texts used last, about 1.5 kB each at 384 dimensions.
    """

    def __init__(self, embedder: Embedder, *, most: int = _MOST) -> None:
        self._embedder = embedder
        self._most = most
        self._known: OrderedDict[str, Vectors] = OrderedDict()
        self._lock = threading.Lock()

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
        with self._lock:
            found = {text: self._known[text] for text in texts if text in self._known}
        missing = [text for text in dict.fromkeys(texts) if text not in found]
        if missing:
            found |= dict(zip(missing, self._embedder.encode_passages(missing), strict=True))
        with self._lock:
            for text in texts:
                self._known[text] = found[text]
                self._known.move_to_end(text)
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return np.stack([found[text] for text in texts])

    def encode_query(self, text: str) -> Vectors:
        """The unit vector of a question, shape (dimension,); questions are not remembered."""
        return self._embedder.encode_query(text)
