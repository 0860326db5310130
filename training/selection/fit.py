"""Fitting the weights that choose sentences, and measuring which sentence comes first."""

from collections.abc import Sequence
from dataclasses import replace
from zlib import crc32

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit

from app.answering.selection_features import VECTOR_FEATURES, comparing, features, in_another_language
from app.answering.selection_weights import Linear, SelectionWeights, judge_features, with_vectors
from models.protocols import Embedder, Judge, Vectors
from models.sentence_selection import Floats
from training.retrieval.examples import Example as Choice
from training.retrieval.fit import fitted as softmax_fitted
from training.selection.examples import Example

FINDING_L2, CHOICE_PENALTY = 0.02, 0.01
"""Penalties of the regression that tells findings, and of the one that chooses among the sentences of a question."""

_FOLDS = 5

Told = dict[str, tuple[Vectors, npt.NDArray[np.bool_]]]
"""By abstract the vectors of its sentences, and which tell a finding."""


def logistic(values: npt.NDArray[np.floating], wanted: npt.NDArray[np.bool_], *, l2: float) -> Linear:
    """A logistic regression of standardised values in which both classes weigh the same; deterministic."""
    mean, spread = values.mean(axis=0), values.std(axis=0)
    spread = np.where(spread < 1e-9, np.inf, spread)
    scaled = np.column_stack([(values - mean) / spread, np.ones(len(values))])
    weight = np.where(wanted, 0.5 / wanted.sum(), 0.5 / (~wanted).sum())
    sign = np.where(wanted, 1.0, -1.0)

    def loss(weights: Floats) -> tuple[float, Floats]:
        margin = sign * (scaled @ weights)
        pull = -weight * sign * expit(-margin)
        free = np.append(weights[:-1], 0.0)
        return float(weight @ np.logaddexp(0, -margin) + l2 * free @ free), scaled.T @ pull + 2 * l2 * free

    found = minimize(loss, np.zeros(scaled.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": 500}).x
    folded = found[:-1] / spread
    return Linear(folded, float(found[-1] - folded @ mean))


def fitted(examples: Sequence[Example], across: Sequence[Example], told: Told, embedder: str) -> SelectionWeights:
    """The weights that fit; the score of a finding is told of sentences that its own weights have not seen.

    ``across`` are questions in another language than most of their sentences; ``examples`` have one language each.
    """
    rest = {fold: _finding({k: v for k, v in told.items() if _fold(k) != fold}) for fold in range(_FOLDS)}
    rows = [features(e.asked, e.sentences, e.query, e.vectors) for e in examples]
    whole = []
    for e, row in zip(examples, rows, strict=True):
        folds = np.array([_fold(id_) for id_ in e.abstracts])
        both = np.zeros((len(row), row.shape[1] + len(VECTOR_FEATURES)))
        for fold in set(folds.tolist()):
            both[folds == fold] = with_vectors(row, e.query, e.vectors, rest[fold])[folds == fold]
        whole.append(both)
    finding, weights, for_any = _finding(told), _choice(whole, examples), _choice(rows, examples)
    foreign = [features(e.asked, e.sentences, e.query, e.vectors) for e in across]
    told_whole = [with_vectors(r, e.query, e.vectors, finding) for r, e in zip(foreign, across, strict=True)]
    return SelectionWeights(embedder, finding, weights, for_any, _added(told_whole, across, weights))


def with_judge(
    weights: SelectionWeights, kept: Sequence[Example], embedder: Embedder, judge: Judge
) -> SelectionWeights:
    """The weights with those of the judge's reading; it was not trained on ``kept``, questions across languages."""
    scores = [weights.probabilities(e.question, e.sentences, embedder, translation=e.translation) for e in kept]
    rows = [judge_features(s, e.question, e.sentences, judge) for s, e in zip(scores, kept, strict=True)]
    return replace(weights, judge=judge.identity, judge_weights=_choice(rows, kept))


def _added(rows: Sequence[Floats], examples: Sequence[Example], weights: Linear) -> Linear:
    """What is added to ``weights`` for sentences in another language than the question's."""
    choices = []
    for row, e in zip(rows, examples, strict=True):
        foreign = in_another_language(e.language, e.sentences)[:, None]
        choices.append(Choice(np.hstack([comparing(row) * foreign, foreign]), e.gold))
    given = np.concatenate([weights.logits(row) for row in rows])
    found = softmax_fitted(choices, penalty=CHOICE_PENALTY, given=given)
    return Linear(found[:-1], float(found[-1]))


def _choice(rows: Sequence[Floats], examples: Sequence[Example]) -> Linear:
    """The weights that put the sentences of each question in order, on the scale of a probability."""
    choices = [Choice(row, e.gold) for row, e in zip(rows, examples, strict=True)]
    weights = softmax_fitted(choices, penalty=CHOICE_PENALTY)
    gold = np.concatenate([e.gold for e in examples])
    scale = logistic((np.concatenate(rows) @ weights)[:, None], gold, l2=0.0)
    return Linear(weights * scale.weights[0], scale.bias)


def _finding(told: Told) -> Linear:
    return logistic(
        np.concatenate([v for v, _ in told.values()]), np.concatenate([f for _, f in told.values()]), l2=FINDING_L2
    )


def _fold(id_: str) -> int:
    return crc32(id_.encode()) % _FOLDS


def first_is_gold(examples: Sequence[Example], scores: Sequence[Floats]) -> float:
    """The share of the questions whose best sentence answers."""
    return sum(bool(e.gold[int(np.argmax(s))]) for e, s in zip(examples, scores, strict=True)) / len(examples)


def held_by_three(examples: Sequence[Example], scores: Sequence[Floats]) -> float:
    """The share of the sentences that answer, three at most a question, that the best three hold."""
    shares = [e.gold[np.argsort(-s)[:3]].sum() / min(3, e.gold.sum()) for e, s in zip(examples, scores, strict=True)]
    return float(np.mean(shares))
