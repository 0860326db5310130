"""A judge of the user's own: any cross-encoder for natural language inference, exported to ONNX.

The folder holds ``model.onnx``, ``tokenizer.json`` and ``config.json`` with ``id2label``, as the ONNX exporter of
optimum writes them. Labels are read by their names (entailment or supported, contradiction or contradicted, neutral
or unsupported).
"""

import hashlib
import json
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import softmax

from models.errors import ModelUnavailable, WeightsCorrupt
from models.judge.weights_file import Description
from models.protocols import Vectors

_LONGEST = 512
_BATCH = 16
_NAMES = (("entail", "support"), ("contra", "refut"), ("neutral", "unsupported", "not_enough"))


class OnnxJudge:
    """Verdicts by a network of the user's; relevance is the probability that the text supports the query as a claim.

    Raises WeightsCorrupt at first use where the folder is not such an export.
    """

    def __init__(self, folder: Path, *, threads: int | None = None) -> None:
        self._folder = folder
        self._threads = threads
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any, list[int]] | None = None

    @cached_property
    def identity(self) -> str:
        """Folder name and a digest of the network."""
        digest = hashlib.sha256()
        path = self._folder / "model.onnx"
        with path.open("rb") as file:
            digest.update(file.read(1 << 20))
        digest.update(str(path.stat().st_size).encode())
        return f"{self._folder.name}-{digest.hexdigest()[:8]}"

    @cached_property
    def description(self) -> Description:
        """Thresholds of ``judge.json`` in the folder, else half."""
        path = self._folder / "judge.json"
        if not path.is_file():
            return Description(self._folder.name, "")
        try:
            return Description(**{"name": self._folder.name, "embedder": "", **json.loads(path.read_text("utf-8"))})
        except (ValueError, TypeError) as error:
            raise WeightsCorrupt(f"{path} does not describe a judge ({error})") from error

    def verdicts(self, pairs: Sequence[tuple[str, str]]) -> Vectors:
        """Probabilities that evidence supports, contradicts or does not carry a claim, shape (n, 3)."""
        if not pairs:
            return np.zeros((0, 3), np.float32)
        session, tokenizer, order = self._network()
        wanted = {i.name for i in session.get_inputs()}
        rows = []
        for start in range(0, len(pairs), _BATCH):
            encoded = tokenizer.encode_batch([(e, c) for c, e in pairs[start : start + _BATCH]])
            inputs = {
                "input_ids": np.array([e.ids for e in encoded], np.int64),
                "attention_mask": np.array([e.attention_mask for e in encoded], np.int64),
                "token_type_ids": np.array([e.type_ids for e in encoded], np.int64),
            }
            try:
                logits = session.run(None, {name: array for name, array in inputs.items() if name in wanted})[0]
            except Exception as error:
                raise ModelUnavailable(f"the judge of {self._folder} failed: {error}") from error
            rows.append(np.asarray(logits, np.float32)[:, order])
        return np.asarray(softmax(np.concatenate(rows), axis=1), np.float32)

    def relevance(self, query: str, texts: Sequence[str]) -> Vectors:
        """The probability of support, shape (n,)."""
        made: Vectors = self.verdicts([(query, text) for text in texts])[:, 0]
        return made

    def _network(self) -> tuple[Any, Any, list[int]]:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    def _load(self) -> tuple[Any, Any, list[int]]:
        import onnxruntime as ort
        from tokenizers import Tokenizer

        try:
            labels = json.loads((self._folder / "config.json").read_text("utf-8"))["id2label"]
            order = [_place(labels, names) for names in _NAMES]
            tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
            options = ort.SessionOptions()
            if self._threads:
                options.intra_op_num_threads = self._threads
            session = ort.InferenceSession(
                str(self._folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            raise WeightsCorrupt(
                f"{self._folder} is no judge ({error}); cure: a folder with model.onnx, tokenizer.json and config.json "
                "whose id2label names entailment, contradiction and neutral"
            ) from error
        tokenizer.enable_truncation(_LONGEST, strategy="longest_first")
        tokenizer.enable_padding()
        return session, tokenizer, order


def _place(labels: dict[str, str], names: Sequence[str]) -> int:
    for number, label in labels.items():
        if any(label.lower().startswith(name) for name in names):
            return int(number)
    raise ValueError(f"no label begins with one of {', '.join(names)}")
