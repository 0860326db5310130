"""Selects the sentences of the evidence that answer a question, best first."""

from collections.abc import Sequence

import numpy as np

from app.answering.selection_weights import bundled_selection
from kg.documents.language import language_of_question
from models.protocols import Embedder, Judge
from models.sentence_selection import Floats, Sentence, best_of
from retrieval.question.subject import subject_of
from retrieval.text.glossary import bundled_glossary

_MOST = 3
_NEAR_BEST, _LISTED_NEAR_BEST = 0.6, 0.4
"""The least share of the best sentence's score, in an answer and in a list."""


class SentenceSelector:
    """Selects the sentences of an answer, and those that a small model should read.

    Trained weights rank them: they read nearness and form, and whether a sentence tells a finding. The judge then reads
    the best ones under their titles, if the weights were fitted with it and with this embedder. Blocks on both.
    """

    def __init__(self, embedder: Embedder, judge: Judge | None = None) -> None:
        self._embedder = embedder
        self._judge = judge

    def __call__(
        self, question: str, sentences: Sequence[Sentence], *, most: int = _MOST, each_source: bool = False
    ) -> list[Sentence]:
        """The sentences that answer, best first; ``each_source``: one of each source, as a list needs them."""
        if not sentences:
            return []
        scores = self.scores(question, sentences)
        order = of_each_source(sentences, scores) if each_source else list(range(len(sentences)))
        keep = _LISTED_NEAR_BEST if each_source else _NEAR_BEST
        return best_of([sentences[n] for n in order], scores[order], most=most, keep=keep)

    def scores(self, question: str, sentences: Sequence[Sentence]) -> Floats:
        """How well each sentence answers, 0 to 1, shape (n,)."""
        if not sentences:
            return np.zeros(0)
        across = language_of_question(question) == "zh" and any(s.text.isascii() for s in sentences)
        translation = bundled_glossary().english(question) if across else ""
        weights = bundled_selection()
        scores = weights.probabilities(subject_of(question), sentences, self._embedder, translation=translation)
        judge = self._judge
        if judge is None or (weights.embedder, weights.judge) != (self._embedder.identity, judge.identity):
            return scores
        return weights.judged(scores, question, sentences, judge)


def of_each_source(sentences: Sequence[Sentence], scores: Floats) -> list[int]:
    """The place of each source's best sentence, best first."""
    best: dict[str, int] = {}
    for n in sorted(range(len(sentences)), key=lambda i: (-scores[i], i)):
        best.setdefault(sentences[n].source or str(sentences[n].number), n)
    return list(best.values())
