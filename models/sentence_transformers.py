"""Models of the sentence-transformers library: an embedder and a cross-encoder that reranks."""

import asyncio
import importlib.util
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from models.array_embeddings import ArrayEmbeddings
from models.errors import ExtraMissing, ModelUnavailable
from models.protocols import Vectors

_BATCH = 16


class SentenceTransformersEmbedder(ArrayEmbeddings):
    """Unit vectors from a model's name or folder; loaded at first use."""

    def __init__(self, model: str = "BAAI/bge-m3", *, query_prefix: str = "", passage_prefix: str = "") -> None:
        _must_be_installed()
        self._name = model
        self._prefixes = (query_prefix, passage_prefix)
        self._loaded = _Lazy(lambda: _module().SentenceTransformer(model), model)

    @property
    def identity(self) -> str:
        """The model's name and the prefixes."""
        return "|".join(["st", self._name, *(p for p in self._prefixes if p)])

    @property
    def dimension(self) -> int:
        """Length of a vector; loads the model."""
        return int(self._loaded.get().get_embedding_dimension())

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, shape (n, dimension)."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return self._encode([self._prefixes[1] + text for text in texts])

    def encode_query(self, text: str) -> Vectors:
        """The unit vector of a question."""
        vector: Vectors = self._encode([self._prefixes[0] + text])[0]
        return vector

    def _encode(self, texts: list[str]) -> Vectors:
        with self._loaded.lock:
            model = self._loaded.get()
            found = model.encode(texts, batch_size=_BATCH, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(found, np.float32)


class CrossEncoderReranker:
    """Scores of question and text read together; loaded at first use."""

    def __init__(self, model: str = "BAAI/bge-reranker-v2-m3") -> None:
        _must_be_installed()
        self._name = model
        self._loaded = _Lazy(lambda: _module().CrossEncoder(model), model)

    @property
    def identity(self) -> str:
        """The model's name."""
        return f"st|{self._name}"

    async def score(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """One score a text, higher is better."""
        return await asyncio.to_thread(self._score, query, list(texts)) if texts else []

    def _score(self, query: str, texts: list[str]) -> list[float]:
        with self._loaded.lock:
            found = self._loaded.get().predict([(query, text) for text in texts], show_progress_bar=False)
        return [float(score) for score in found]


class _Lazy:
    """A model that is made once, by the first who asks."""

    def __init__(self, make: Callable[[], Any], name: str) -> None:
        self._make, self._name = make, name
        self._model: Any = None
        self.lock = threading.RLock()

    def get(self) -> Any:
        with self.lock:
            if self._model is None:
                try:
                    self._model = self._make()
                except (OSError, ValueError, RuntimeError) as error:
                    cure = "give a local folder, or set HF_ENDPOINT to a hub that can be reached"
                    raise ModelUnavailable(f"{self._name} cannot be loaded ({error}); cure: {cure}") from error
            return self._model


def _must_be_installed() -> None:
    if importlib.util.find_spec("sentence_transformers") is None:
        raise ExtraMissing("sentence-transformers", "transformers")


def _module() -> Any:
    import sentence_transformers

    return sentence_transformers
