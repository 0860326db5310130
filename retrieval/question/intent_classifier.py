"""Tells the intent of a question by trained weights: logistic regression over a query vector and character n-grams."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.special import softmax

from models.arrays_file import write_arrays
from models.protocols import Vectors
from retrieval.question.domain import Intent
from retrieval.question.ngrams import ngram_vector

BUNDLED = Path(__file__).with_name("intents.npz")
INTENT, FOLLOW_UP = "intent", "follow_up"
DETAILED = (Intent.SERVICE, Intent.INSTRUCTION)
"""Intents whose questions are told apart further."""

LEANS = "leans"
WITH_VECTOR, NGRAMS_ONLY = "vector", "ngrams"
"""The two sets of weights: for the embedder that they were trained with, and for any other."""


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights of one decision, shape (features, labels); ``vector`` is None where no query vector is read."""

    labels: tuple[str, ...]
    ngrams: npt.NDArray[np.float32]
    follow_up: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    vector: npt.NDArray[np.float32] | None = None

    def probabilities(
        self,
        grams: tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]],
        vector: Vectors | None,
        *,
        follow_up: bool,
    ) -> dict[str, float]:
        """Each label's probability."""
        buckets, values = grams
        logits = self.bias + values @ self.ngrams[buckets] + self.follow_up * float(follow_up)
        if self.vector is not None and vector is not None:
            logits = logits + vector @ self.vector
        return dict(zip(self.labels, softmax(logits).tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class IntentReading:
    """What is told of a question; ``details`` tells which question of the intent it would be, for ``DETAILED``."""

    intent: Intent
    intents: Mapping[Intent, float]
    details: Mapping[Intent, str]
    follow_up: bool

    @property
    def detail(self) -> str:
        """Which of the intent's questions it is, empty where they are not told apart."""
        return self.details.get(self.intent, "")


class IntentClassifier:
    """Reads questions by weights; deterministic, without any model but the embedder."""

    def __init__(
        self, embedder: str, rarity: npt.NDArray[np.float32], models: Mapping[str, Mapping[str, LinearModel]]
    ) -> None:
        """``embedder`` is the identity of the one whose vectors ``models["vector"]`` reads."""
        self.embedder = embedder
        self.rarity = rarity
        self.models = models

    def classify(self, text: str, *, vector: Vectors | None = None, after_turns: bool = False) -> IntentReading:
        """Intent and detail; ``vector`` only of the embedder of the weights, ``after_turns`` where turns came before.

        A question is a follow-up where turns came before and its own words lean on them.
        """
        models = self.models[NGRAMS_ONLY if vector is None else WITH_VECTOR]
        grams = ngram_vector(text, self.rarity)
        follow_up = after_turns and models[FOLLOW_UP].probabilities(grams, vector, follow_up=False)[LEANS] >= 0.5
        said = models[INTENT].probabilities(grams, vector, follow_up=follow_up)
        intents = {Intent(label): share for label, share in said.items()}
        details = {
            intent: _most_probable(models[intent.value].probabilities(grams, vector, follow_up=follow_up))
            for intent in DETAILED
        }
        return IntentReading(max(intents, key=lambda i: intents[i]), intents, details, follow_up)


def _most_probable(said: Mapping[str, float]) -> str:
    return max(said, key=lambda label: said[label])


def save(path: Path, classifier: IntentClassifier) -> None:
    """Write weights; the n-grams' as bytes with one scale a label, the rest as halves."""
    arrays: dict[str, npt.NDArray[np.generic]] = {
        "embedder": np.array(classifier.embedder),
        "rarity": classifier.rarity.astype(np.float16),
    }
    for kind, decisions in classifier.models.items():
        for name, model in decisions.items():
            at = f"{kind}/{name}/"
            scale = np.maximum(np.abs(model.ngrams).max(0), 1e-9) / 127
            arrays[at + "labels"] = np.array(model.labels)
            arrays[at + "ngrams"] = np.rint(model.ngrams / scale).astype(np.int8)
            arrays[at + "scale"] = scale.astype(np.float32)
            arrays[at + "follow_up"] = model.follow_up.astype(np.float32)
            arrays[at + "bias"] = model.bias.astype(np.float32)
            if model.vector is not None:
                arrays[at + "vector"] = model.vector.astype(np.float16)
    write_arrays(path, arrays)


def load(path: Path = BUNDLED) -> IntentClassifier:
    """Weights as they were saved."""
    with np.load(path) as stored:
        models: dict[str, dict[str, LinearModel]] = {}
        for at in sorted({name.rpartition("/")[0] for name in stored.files if "/" in name}):
            kind, _, name = at.partition("/")
            models.setdefault(kind, {})[name] = LinearModel(
                labels=tuple(map(str, stored[f"{at}/labels"])),
                ngrams=stored[f"{at}/ngrams"].astype(np.float32) * stored[f"{at}/scale"],
                follow_up=stored[f"{at}/follow_up"],
                bias=stored[f"{at}/bias"],
                vector=stored[f"{at}/vector"].astype(np.float32) if f"{at}/vector" in stored.files else None,
            )
        return IntentClassifier(str(stored["embedder"]), stored["rarity"].astype(np.float32), models)


@lru_cache(maxsize=1)
def bundled_classifier() -> IntentClassifier:
    """The classifier that comes with the program."""
    return load()
