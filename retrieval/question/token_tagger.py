"""What a trained tagger of the tokens of a question reads: a softmax regression over the forms around each token."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from retrieval.question.record_tokens import Token, TokenKind

_WINDOW = 4


@dataclass(frozen=True, slots=True)
class Known:
    """What the library knows of a token: whole or partial names of authors and journals, a title, title words."""

    author: str = ""
    journal: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Regression:
    """A softmax regression over named features, and over a vector where ``dense`` is given."""

    labels: Sequence[str]
    rows: dict[str, int]
    weights: NDArray[np.float32]
    dense: NDArray[np.float32] | None = None

    def probabilities(self, features: Iterable[str], vector: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
        """Of each label; unknown features count nothing."""
        known = [self.rows[f] for f in features if f in self.rows]
        scores = self.weights[-1] + self.weights[known].sum(axis=0)
        if self.dense is not None and vector is not None:
            scores = scores + vector @ self.dense
        return np.asarray(softmax(scores), np.float32)


def regression_in(file: Mapping[str, NDArray[np.generic]], name: str) -> Regression:
    """The regression of that name among the arrays of a file."""
    dense = f"{name}_dense"
    return Regression(
        [str(label) for label in file[f"{name}_labels"]],
        {str(feature): row for row, feature in enumerate(file[f"{name}_features"])},
        file[f"{name}_weights"].astype(np.float32),
        file[dense].astype(np.float32) if dense in file else None,
    )


def arrays_of(regression: Regression, name: str) -> dict[str, NDArray[np.generic]]:
    """The regression as the arrays that ``regression_in`` reads."""
    arrays: dict[str, NDArray[np.generic]] = {
        f"{name}_labels": np.array(list(regression.labels)),
        f"{name}_features": np.array(list(regression.rows)),
        f"{name}_weights": regression.weights.astype(np.float16),
    }
    return arrays if regression.dense is None else {**arrays, f"{name}_dense": regression.dense.astype(np.float32)}


def form_of(token: Token, vocabulary: frozenset[str]) -> str:
    """A token as its neighbours see it: itself where the tagger knows it, else what it looks like."""
    if token.kind in (TokenKind.WORD, TokenKind.HAN):
        word = token.text.lower()
        if word in vocabulary:
            return word
        if token.kind is TokenKind.HAN:
            return "‹han›"
        return "‹Word›" if token.text[:1].isupper() else "‹word›"
    return token.text if token.kind is TokenKind.MARK else f"‹{token.kind}›"


def token_features(forms: Sequence[str], tokens: Sequence[Token], known: Sequence[Known]) -> list[list[str]]:
    """The features of each token: forms around it, pairs of them, and what the library knows."""
    padded = ["‹start›"] * _WINDOW + list(forms) + ["‹end›"] * _WINDOW
    facts = [f"{k.author}|{k.journal}|{k.title}" for k in known]
    all_features = []
    for at, token in enumerate(tokens):
        here = at + _WINDOW
        around = range(-_WINDOW, _WINDOW + 1)
        features = [f"{d}:{padded[here + d]}" for d in around]
        features += [f"{d}:{padded[here + d]} {padded[here + d + 1]}" for d in around if d < _WINDOW]
        features += [f"{d}:{' '.join(padded[here + d : here + d + 3])}" for d in (-3, -2, -1, 0, 1)]
        features += [f"left:{padded[here + d]}" for d in around if d < 0]
        features += [f"right:{padded[here + d]}" for d in around if d > 0]
        k = known[at]
        features += [f"a:{k.author}", f"j:{k.journal}", f"t:{k.title}", f"k:{facts[at]}", f"kind:{token.kind}"]
        features += [f"kind:{token.kind} {facts[at]}", f"w:{min(len(token.text.split()), 8)} {token.kind}"]
        features += [f"k{d}:{facts[at + d]}" for d in (-1, 1) if 0 <= at + d < len(facts)]
        all_features.append(features)
    return all_features
