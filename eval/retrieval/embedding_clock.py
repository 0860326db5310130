"""An embedder that counts the passages it was given and the time in which it was at work."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from models.protocols import Embedder, Vectors


class EmbeddingClock:
    """Another embedder with a clock; calls are made one after another, so that no time counts twice."""

    def __init__(self, embedder: Embedder, told: Callable[[int], None]) -> None:
        self._embedder = embedder
        self._told = told
        self._lock = threading.Lock()
        self._done = 0
        self.seconds = 0.0

    @property
    def identity(self) -> str:
        """The embedder's own."""
        return self._embedder.identity

    @property
    def dimension(self) -> int:
        """The embedder's own."""
        return self._embedder.dimension

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed, counted and timed."""
        with self._timed():
            vectors = self._embedder.encode_passages(texts)
            self._done += len(texts)
        self._told(self._done)
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """Embed a question, timed."""
        with self._timed():
            return self._embedder.encode_query(text)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        with self._lock:
            began = time.perf_counter()
            try:
                yield
            finally:
                self.seconds += time.perf_counter() - began
