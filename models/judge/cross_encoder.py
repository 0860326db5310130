"""The judge as it runs in the product: a cross-encoder over the bundled embedder's word vectors, by OpenVINO.

It is read by the network of ``training/judge/network.py``: a pair goes through the twelve layers, the first token, the
means of both sides, their distance and their product lead through one GELU layer to three classes and a relevance.
"""

import hashlib
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, softmax

from models.e5.batches import Batch, batches
from models.e5.openvino_engine import compiled, encoder
from models.e5.tokenizer import opened
from models.e5.weights_file import fingerprint, values
from models.eight_bits import options
from models.errors import WeightsCorrupt
from models.judge.pairs import Pair, encoded_pairs
from models.judge.weights_file import GROUP, Description, JudgeFile, read_description

Scores = npt.NDArray[np.float32]
_PADDED_TOKENS = 2048
_BUNDLED = Path(__file__).parent / "weights" / "jianxi-judge.npz"
_WIDTH_MULTIPLE = 16


def bundled_judge() -> Path | None:
    """The bundled weights, None if the installation has none."""
    return _BUNDLED if _BUNDLED.is_file() else None


class CrossEncoderJudge:
    """Reads pairs of texts; loads at first use (about two seconds). Safe to share between threads.

    Raises WeightsCorrupt at first use where the file is damaged or was made for another embedder.
    """

    def __init__(self, path: Path, embedder: Path, *, threads: int | None = None) -> None:
        """``path`` holds the judge's weights, ``embedder`` the word vectors."""
        self._path = path
        self._embedder = embedder
        self._threads = threads
        self._lock = threading.Lock()
        self._loaded: _Network | None = None

    @cached_property
    def identity(self) -> str:
        """Name and digest of the weights."""
        return f"{self._path.stem}-{hashlib.sha256(self._path.read_bytes()).hexdigest()[:8]}"

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
        logits, _ = self._run(network, [c for c, _ in pairs], [e for _, e in pairs], "claim")
        return np.asarray(softmax(logits / network.description.temperature, axis=1), np.float32)

    def relevance(self, query: str, texts: Sequence[str]) -> Scores:
        """How well each text answers the query, 0 to 1, shape (n,)."""
        if not texts:
            return np.zeros(0, np.float32)
        _, logits = self._run(self._network(), [query] * len(texts), texts, "query")
        return np.asarray(expit(logits), np.float32)

    def _run(
        self, network: "_Network", first: Sequence[str], second: Sequence[str], role: str
    ) -> tuple[Scores, Scores]:
        pairs = encoded_pairs(network.tokenizer, first, second, [role] * len(first))
        classes, relevance = np.zeros((len(pairs), 3), np.float32), np.zeros(len(pairs), np.float32)
        rows = [p.ids for p in pairs]
        made = batches(rows, pad=network.pad, padded_tokens=_PADDED_TOKENS, multiple=_WIDTH_MULTIPLE)
        with self._lock:
            for batch in made:
                classes[batch.places], relevance[batch.places] = network.run(batch, pairs)
        return classes, relevance

    def _network(self) -> "_Network":
        with self._lock:
            if self._loaded is None:
                self._loaded = _Network(self._path, self._embedder, self._threads)
            return self._loaded


class _Network:
    """The compiled network with its tokenizer."""

    def __init__(self, path: Path, embedder: Path, threads: int | None) -> None:
        words, self.tokenizer = opened(embedder)
        self.pad = words.pad
        self._word = words.blocks("emb.word")
        file = JudgeFile(path, words.configuration)
        self.description = file.description
        if self.description.embedder != fingerprint(embedder):
            raise WeightsCorrupt(
                f"{path} was trained over the embedder {self.description.embedder}, here is {fingerprint(embedder)}; "
                "cure: use the judge of this embedder"
            )
        self._position = file.floats("position").reshape(-1, words.configuration.hidden)
        self._request = compiled(_graph(file), threads, options(GROUP))

    def run(self, batch: Batch, pairs: Sequence[Pair]) -> tuple[Scores, Scores]:
        """Class scores (n, 3) and relevance scores (n,) of one padded batch."""
        ids = batch.ids
        words, places = np.unique(ids, return_inverse=True)
        embedded = values(self._word[words])[places.reshape(ids.shape)]
        embedded += self._position[: ids.shape[1]]
        at = np.arange(ids.shape[1])
        present = (at < batch.lengths[:, None]).astype(np.float32)
        second = (at >= np.array([pairs[p].second_at for p in batch.places])[:, None]).astype(np.float32) * present
        self._request.infer([embedded, present, second])
        return (
            np.array(self._request.get_output_tensor(0).data, np.float32),
            np.array(self._request.get_output_tensor(1).data, np.float32).reshape(-1),
        )


def _graph(file: JudgeFile) -> Any:
    import openvino as ov
    from openvino import opset13 as op

    hidden = file.configuration.hidden
    embedded = op.parameter([-1, -1, hidden], ov.Type.f32, name="embedded")
    present = op.parameter([-1, -1], ov.Type.f32, name="present")
    second = op.parameter([-1, -1], ov.Type.f32, name="second")
    x = encoder(embedded, present, file)

    def mean(chosen: Any) -> Any:
        weight = op.unsqueeze(chosen, op.constant([2], ov.Type.i32))
        total = op.reduce_sum(op.multiply(x, weight), op.constant([1], ov.Type.i32))
        return op.divide(total, op.maximum(op.reduce_sum(weight, op.constant([1], ov.Type.i32)), np.float32(1)))

    a, b = mean(op.subtract(present, second)), mean(second)
    first = op.gather(x, op.constant(0, ov.Type.i32), op.constant(1, ov.Type.i32))
    features = op.concat([first, a, b, op.abs(op.subtract(a, b)), op.multiply(a, b)], 1)
    inner = op.gelu(_dense(features, file, "inner"), "erf")
    return ov.Model(
        [_dense(inner, file, "classes"), _dense(inner, file, "relevance")], [embedded, present, second], "judge"
    )


def _dense(x: Any, file: JudgeFile, name: str) -> Any:
    from openvino import opset13 as op

    return op.add(op.matmul(x, file.matrix(f"{name}.w"), False, True), file.floats(f"{name}.b")[None, :])
