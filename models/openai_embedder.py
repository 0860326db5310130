"""An embedder on any OpenAI-compatible server."""

import threading
from collections.abc import Sequence
from typing import Any

import numpy as np

from models.array_embeddings import ArrayEmbeddings
from models.errors import ModelUnavailable
from models.openai_protocol import body_of, client_options, openai_errors
from models.protocols import Vectors

_BATCH = 64


class OpenAIEmbedder(ArrayEmbeddings):
    """Vectors from ``/embeddings``, normalised to length 1; the dimension is requested once.

    The prefixes are what some models want before a question or a passage ("query: ").
    """

    def __init__(
        self,
        url: str,
        model: str,
        key: str | None = None,
        *,
        query_prefix: str = "",
        passage_prefix: str = "",
        timeout_s: float = 60,
    ) -> None:
        self._url = url
        self._model = model
        self._prefixes = (query_prefix, passage_prefix)
        self._key, self._timeout_s = key, timeout_s
        self._lock = threading.Lock()
        self._client: Any = None
        self._dimension: int | None = None

    @property
    def identity(self) -> str:
        """The model's name: one model gives the same vectors wherever it is served."""
        return "|".join(["openai", self._model, *(p for p in self._prefixes if p)])

    @property
    def dimension(self) -> int:
        """Length of a vector; asks the server the first time."""
        if self._dimension is None:
            self._embed(["dimension"])
        return self._dimension or 0

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (n, dimension); raises ModelUnavailable, ModelRefused, ModelBusy."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        prefixed = [self._prefixes[1] + text for text in texts]
        return np.vstack([self._embed(prefixed[i : i + _BATCH]) for i in range(0, len(prefixed), _BATCH)])

    def encode_query(self, text: str) -> Vectors:
        """The unit vector of a question."""
        vector: Vectors = self._embed([self._prefixes[0] + text])[0]
        return vector

    def _embed(self, texts: list[str]) -> Vectors:
        with openai_errors(self._url):
            response = self._connected().post("embeddings", json={"model": self._model, "input": texts})
            rows = sorted(body_of(response, self._url)["data"], key=lambda row: row["index"])
            vectors = np.array([row["embedding"] for row in rows], np.float32)
        if vectors.ndim != 2 or len(vectors) != len(texts):
            raise ModelUnavailable(f"{self._url} gave {len(vectors)} vectors for {len(texts)} texts")
        if self._dimension not in (None, vectors.shape[1]):
            raise ModelUnavailable(f"{self._url} gave vectors of {vectors.shape[1]}, before of {self._dimension}")
        self._dimension = vectors.shape[1]
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = vectors / np.maximum(lengths, 1e-12)
        return unit

    def _connected(self) -> Any:
        import httpx

        with self._lock:
            if self._client is None:
                self._client = httpx.Client(**client_options(self._url, self._key, self._timeout_s))
            return self._client
