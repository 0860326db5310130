"""The learned reading of questions about records: a role for each token, then the operation.

Two softmax regressions over sparse features, trained by ``training.question.record_model`` on sentences whose names,
titles and years are marked. Words of names and titles are unknown to the tagger, so it reads names by their place and
by what the library knows of them. The operation is read from the sentence with its names replaced by their roles.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.question.record_tokens import Token, TokenKind
from retrieval.question.token_tagger import Known, Regression, form_of, regression_in, token_features

_FILE = Path(__file__).parent / "record_model.npz"
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
            regression_in(file, name) for name in ("tagger", "operations", "with_vector")
        )
        vocabulary = frozenset(map(str, file["vocabulary"]))
        return RecordModel(vocabulary, tagger, operations, with_vector, str(file["embedder"]))


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
