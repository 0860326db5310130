"""The learned reading of questions about records: a role for each token, then the operation.

Two softmax regressions over sparse features, trained by ``training.question.record_model`` on sentences whose names,
titles and years are marked. Words of names and titles are unknown to the tagger, so it reads names by their place and
by what the library knows of them. The operation is read from the sentence with its names replaced by their roles.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from retrieval.question.record_tokens import Token, TokenKind

_FILE = Path(__file__).parent / "record_model.npz"
_WINDOW = 4
_GRAMS = range(1, 6)


class TokenRole(StrEnum):
    """What a token is of; the value stands for it in the sentence from which the operation is read."""

    NONE = "-"
    AUTHOR = "Å"
    JOURNAL = "Ĵ"
    TITLE = "Ŧ"
    TOPIC = "Þ"
    IN_YEAR = "Ý"
    SINCE = "Ŝ"
    AFTER = "Æ"
    UNTIL = "Ũ"
    BEFORE = "Ɓ"
    LIMIT = "Ń"
    ENGLISH = "Ê"
    CHINESE = "Ž"
    IDENTIFIER = "Ĭ"


_LETTERS = {TokenRole.AUTHOR: "X", TokenRole.JOURNAL: "Y", TokenRole.TITLE: "Z", TokenRole.TOPIC: "Z"}


class Operation(StrEnum):
    """What is done with the records that fit."""

    COUNT = "count"
    EXISTS = "exists"
    LIST = "list"
    NEWEST = "newest"
    OLDEST = "oldest"
    YEARS = "years"
    PER_YEAR = "per_year"
    WHO = "who"
    FIRST_AUTHOR = "first_author"
    LAST_AUTHOR = "last_author"
    PUBLISHED = "published"
    IDENTIFIER = "identifier"
    DESCRIBE = "describe"
    TOP_JOURNALS = "top_journals"
    TOP_AUTHORS = "top_authors"
    KINDS = "kinds"
    LANGUAGES = "languages"
    SUMMARY = "summary"


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


@dataclass(frozen=True, slots=True)
class RecordModel:
    """The tagger, the words that it knows, and the classifiers of operations.

    ``with_vector`` reads the sentence's vector as well and is used where the embedder is the one of its training.
    """

    vocabulary: frozenset[str]
    tagger: Regression
    operations: Regression
    with_vector: Regression
    embedder: str

    def roles(self, tokens: Sequence[Token], known: Sequence[Known]) -> list[TokenRole]:
        """A role for each token."""
        forms = [form_of(token, self.vocabulary) for token in tokens]
        return [
            TokenRole(self.tagger.labels[int(self.tagger.probabilities(features).argmax())])
            for features in token_features(forms, tokens, known)
        ]

    def operation(
        self, tokens: Sequence[Token], roles: Sequence[TokenRole], vector: NDArray[np.float32] | None = None
    ) -> tuple[Operation, float]:
        """The most probable operation and how probable it is; ``vector`` is that of ``masked_sentence``."""
        model = self.operations if vector is None else self.with_vector
        found = model.probabilities(sentence_features(tokens, roles), vector)
        best = int(found.argmax())
        return Operation(model.labels[best]), float(found[best])


@lru_cache(maxsize=1)
def bundled_record_model() -> RecordModel:
    """The model as it is packaged."""
    with np.load(_FILE, allow_pickle=False) as file:
        tagger, operations, with_vector = (
            Regression(
                [str(label) for label in file[f"{name}_labels"]],
                {str(feature): row for row, feature in enumerate(file[f"{name}_features"])},
                file[f"{name}_weights"].astype(np.float32),
                file[f"{name}_dense"].astype(np.float32) if f"{name}_dense" in file else None,
            )
            for name in ("tagger", "operations", "with_vector")
        )
        vocabulary = frozenset(map(str, file["vocabulary"]))
        return RecordModel(vocabulary, tagger, operations, with_vector, str(file["embedder"]))


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


def masked_sentence(question: str, tokens: Sequence[Token], roles: Sequence[TokenRole]) -> str:
    """The question with a letter for each name, so that its vector tells what is asked and not of whom."""
    text, at = "", 0
    before = TokenRole.NONE
    for token, role in zip(tokens, roles, strict=True):
        letter = _LETTERS.get(role)
        if letter is not None:
            if role is not before:
                text += question[at : token.start] + letter
            at = token.end
        before = role
    return text + question[at:]


def sentence_features(tokens: Sequence[Token], roles: Sequence[TokenRole]) -> list[str]:
    """Character and word n-grams of the sentence with its names replaced by their roles."""
    parts: list[str] = []
    before = TokenRole.NONE
    for token, role in zip(tokens, roles, strict=True):
        if role is TokenRole.NONE:
            parts.append(token.text.lower())
        elif role is not before or token.kind is TokenKind.QUOTE:
            parts.append(role.value)
        before = role
    text = f" {' '.join(parts)} "
    grams = {f"c:{text[i : i + n]}" for n in _GRAMS for i in range(len(text) - n + 1)}
    words = ["‹start›", *parts, "‹end›"]
    grams |= {f"w:{' '.join(words[i : i + n])}" for n in (1, 2, 3) for i in range(len(words) - n + 1)}
    skips = {f"s:{a} {b}" for i, a in enumerate(parts) for b in parts[i + 1 : i + 8]}
    return sorted(grams | skips | {f"r:{role.value}" for role in set(roles)})
