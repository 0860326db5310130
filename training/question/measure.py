"""Measures a classifier on questions that it was not trained on."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from retrieval.question.domain import UNSEARCHED
from retrieval.question.intent_classifier import IntentClassifier
from training.question.data import LabelledQuestion


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of questions read right, by language and all together."""

    intent: dict[str, float]
    follow_up: float
    detail: float
    unsearched_found: float
    unsearched_wrongly: float
    """Of questions that ask for a search, the share that would be answered without one."""


def measure(
    classifier: IntentClassifier,
    questions: Sequence[LabelledQuestion],
    vectors: npt.NDArray[np.float32] | None,
) -> Figures:
    """Figures of a classifier; without ``vectors`` by the n-grams alone."""
    right: dict[str, list[bool]] = defaultdict(list)
    leaning: list[bool] = []
    details: list[bool] = []
    found: list[bool] = []
    wrongly: list[bool] = []
    for row, question in enumerate(questions):
        vector = None if vectors is None else vectors[row]
        reading = classifier.classify(question.text, vector=vector, after_turns=question.leans)
        any_turns = classifier.classify(question.text, vector=vector, after_turns=True)
        leaning.append(any_turns.follow_up == question.leans)
        for language in (question.language, "all"):
            right[language].append(reading.intent is question.intent)
        if question.detail and reading.intent is question.intent:
            details.append(reading.detail == question.detail)
        unsearched = sum(reading.intents[i] for i in UNSEARCHED) > 0.5
        (found if question.intent in UNSEARCHED else wrongly).append(unsearched)
    return Figures(
        {language: float(np.mean(told)) for language, told in sorted(right.items())},
        float(np.mean(leaning)),
        float(np.mean(details)),
        float(np.mean(found)),
        float(np.mean(wrongly)),
    )
