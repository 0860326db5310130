"""The judge as it runs in the product: a cross-encoder over the bundled embedder's word vectors.

It is read by the network of ``training/judge/network.py``: a pair goes through the twelve layers, the first token, the
means of both sides, their distance and their product lead through one GELU layer to three classes and a relevance.
"""

import hashlib
import logging
import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt
from scipy.special import expit, softmax

from models.e5.batches import batches
from models.e5.engines import first_that_runs
from models.e5.tokenizer import opened
from models.e5.weights_file import fingerprint
from models.e5.word_vectors import WordVectors
from models.errors import WeightsCorrupt
from models.judge.pairs import encoded_pairs
from models.judge.weights_file import Description, JudgeFile, read_description

if TYPE_CHECKING:
    from models.judge.onnx_engine import OnnxReader
    from models.judge.openvino_engine import OpenVinoReader

Scores = npt.NDArray[np.float32]
_Named = Literal["onnx", "openvino"]
Engine = Literal["auto"] | _Named
_log = logging.getLogger(__name__)
_BUNDLED = Path(__file__).parent / "weights" / "jianxi-judge.npz"


def bundled_judge() -> Path | None:
    """The bundled weights, None if the installation has none."""
    return _BUNDLED if _BUNDLED.is_file() else None


class CrossEncoderJudge:
    """Reads pairs of texts; loads at first use (one to two seconds). Safe to share between threads.

    Raises at first use WeightsCorrupt where its file or the ranges beside it are damaged, or it was made for another
    embedder, and ModelUnavailable where no engine runs.
    """

    def __init__(self, path: Path, embedder: Path, *, engine: Engine = "auto", threads: int | None = None) -> None:
        """``path`` holds the judge's weights, ``embedder`` the word vectors.

        ``auto`` takes OpenVINO where the processor multiplies in bf16, else ONNX Runtime, in 8 bits if the weights have
        ranges; then the other.
        """
        self._path = path
        self._embedder = embedder
        self._wanted = engine
        self._threads = threads
        self._lock = threading.Lock()
        self._loaded: _Network | None = None

    @cached_property
    def identity(self) -> str:
        """Name and digest of the weights."""
        return f"{self._path.stem}-{hashlib.sha256(self._path.read_bytes()).hexdigest()[:8]}"

    @property
    def engine(self) -> str:
        """The engine that runs, with its precision; loads the network."""
        reader = self._network().reader
        return f"{reader.name} {reader.precision}"

    @cached_property
    def description(self) -> Description:
        """The temperature and thresholds that were calibrated with the weights; reads no weights."""
        return read_description(self._path)

    def verdicts(self, pairs: Sequence[tuple[str, str]]) -> Scores:
        """Probabilities that evidence supports, contradicts or does not carry a claim, shape (n, 3).

        A pair is (claim, evidence); it is cut at ``LONGEST`` tokens, the evidence first.
        """
        if not pairs:
            return np.zeros((0, 3), np.float32)
        network = self._network()
        logits, _ = network.read([c for c, _ in pairs], [e for _, e in pairs], "claim")
        return np.asarray(softmax(logits / network.description.temperature, axis=1), np.float32)

    def relevance(self, query: str, texts: Sequence[str]) -> Scores:
        """How well each text answers the query, 0 to 1, shape (n,)."""
        if not texts:
            return np.zeros(0, np.float32)
        _, logits = self._network().read([query] * len(texts), texts, "query")
        return np.asarray(expit(logits), np.float32)

    def _network(self) -> "_Network":
        with self._lock:
            if self._loaded is None:
                self._loaded = _Network(self._path, self._embedder, self._wanted, self._threads)
            return self._loaded


class _Network:
    """The network with its tokenizer."""

    def __init__(self, path: Path, embedder: Path, wanted: Engine, threads: int | None) -> None:
        weights, self._tokenizer = opened(embedder)
        file = JudgeFile(path, weights.configuration)
        self._pad = weights.pad
        self.description = file.description
        if self.description.embedder != fingerprint(embedder):
            raise WeightsCorrupt(
                f"{path} was trained over the embedder {self.description.embedder}, here is {fingerprint(embedder)}; "
                "cure: use the judge of this embedder"
            )
        self.reader = _reader(wanted, file, WordVectors(weights, file.position), threads)

    def read(self, first: Sequence[str], second: Sequence[str], role: str) -> tuple[Scores, Scores]:
        """Class scores (n, 3) and relevance scores (n,)."""
        pairs = encoded_pairs(self._tokenizer, first, second, [role] * len(first))
        classes, relevance = np.zeros((len(pairs), 3), np.float32), np.zeros(len(pairs), np.float32)
        rows, reader = [pair.ids for pair in pairs], self.reader
        made = list(batches(rows, pad=self._pad, padded_tokens=reader.padded_tokens, multiple=reader.width_multiple))
        for batch, (its_classes, its_relevance) in zip(made, reader.read(made, pairs), strict=True):
            classes[batch.places], relevance[batch.places] = its_classes, its_relevance
        return classes, relevance


def _reader(wanted: Engine, file: JudgeFile, words: WordVectors, threads: int | None) -> "OnnxReader | OpenVinoReader":
    def onnx() -> "OnnxReader":
        from models.judge.onnx_engine import OnnxReader

        ranges = file.ranges()
        if ranges is None:
            cure = f"jianxi train judge-ranges --weights {file.path}"
            _log.warning("the judge runs in 32 bits, as its weights have no ranges of their own; cure: %s", cure)
        return OnnxReader(file, words, ranges, threads=threads)

    def openvino() -> "OpenVinoReader":
        from models.judge.openvino_engine import OpenVinoReader

        return OpenVinoReader(file, words, threads=threads)

    makers: dict[str, Callable[[], OnnxReader | OpenVinoReader]] = {"onnx": onnx, "openvino": openvino}
    return first_that_runs("the judge", makers, wanted)
