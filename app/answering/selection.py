"""Selects the sentences of the evidence that answer a question, best first."""

from collections.abc import Sequence

import numpy as np

from app.answering.selection_weights import bundled_selection
from kg.documents.language import language_of_question
from models.protocols import Embedder, Judge
from models.sentence_selection import Floats, Sentence, best_of
from retrieval.question.requests import subject_of
from retrieval.text.glossary import bundled_glossary

_MOST = 3
_NEAR_BEST, _LISTED_NEAR_BEST = 0.6, 0.4
"""The least share of the best sentence's score, in an answer and in a list."""

_READ = 48
"""Sentences that the judge reads of one question's evidence, those that most probably answer."""


class SentenceSelector:
    """Selects the sentences of an answer, and those that a small model should read; blocks on its models.

    With a judge that reads relevance, sentences are ranked by it, and those under its threshold answer nothing. Without
    one, by trained weights that read nearness and form, and whether a sentence tells a finding.
    """

    def __init__(self, embedder: Embedder, judge: Judge | None = None) -> None:
        self._embedder = embedder
        self._judge = judge

    def __call__(
        self, question: str, sentences: Sequence[Sentence], *, most: int = _MOST, each_source: bool = False
    ) -> list[Sentence]:
        """The sentences that answer, best first; ``each_source``: one of each source, as a list needs them."""
        scores = self.scores(question, sentences)
        judge = self._reader()
        least = judge.description.relevant if judge is not None else 0.0
        order = of_each_source(sentences, scores) if each_source else range(len(sentences))
        kept = [n for n in order if scores[n] >= least]
        keep = _LISTED_NEAR_BEST if each_source else _NEAR_BEST
        return best_of([sentences[n] for n in kept], scores[kept], most=most, keep=keep) if kept else []

    def scores(self, question: str, sentences: Sequence[Sentence]) -> Floats:
        """How well each sentence answers, 0 to 1, shape (n,)."""
        if not sentences:
            return np.zeros(0)
        translation = bundled_glossary().english(question) if _across(question, sentences) else ""
        asked = subject_of(question)
        likely = bundled_selection().probabilities(asked, sentences, self._embedder, translation=translation)
        judge = self._reader()
        if judge is None:
            return likely
        read = sorted(range(len(sentences)), key=lambda n: (-likely[n], n))[:_READ]
        scores = np.zeros(len(sentences))
        scores[read] = judge.relevance(question, [_with_source(sentences[n]) for n in read])
        return scores

    def answered(self, question: str, sentences: Sequence[Sentence]) -> bool | None:
        """Whether a sentence answers the question; None without a judge that reads relevance."""
        judge = self._reader()
        return None if judge is None else bool((self.scores(question, sentences) >= judge.description.relevant).any())

    def _reader(self) -> Judge | None:
        """The judge, where it reads relevance; asked late, because its weights load at first use."""
        return self._judge if self._judge is not None and self._judge.description.reads_relevance else None


def of_each_source(sentences: Sequence[Sentence], scores: Floats) -> list[int]:
    """The place of each source's best sentence, best first."""
    best: dict[str, int] = {}
    for n in sorted(range(len(sentences)), key=lambda i: (-scores[i], i)):
        best.setdefault(sentences[n].source or str(sentences[n].number), n)
    return list(best.values())


def _with_source(sentence: Sentence) -> str:
    """The sentence under its paper's title, without which "it" names nothing."""
    return f"{sentence.source}. {sentence.text}" if sentence.source else sentence.text


def _across(question: str, sentences: Sequence[Sentence]) -> bool:
    return language_of_question(question) == "zh" and any(s.text.isascii() for s in sentences)
