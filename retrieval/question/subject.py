"""The subject of a question: what is left without its request and the library.

"List the papers in this collection that deal with aquaporins, with each paper's main finding" is about aquaporins; its
other words stand in any paper, and those that stand in few pull what has nothing to do with the subject. Trained by
``training.question.subject_model`` on questions whose request is marked.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from retrieval.question.record_tokens import Token, TokenKind, record_tokens
from retrieval.question.token_tagger import Known, Regression, form_of, regression_in, token_features
from retrieval.text.words import words

_LIKELY, _SURE, _SURE_TOKENS = 0.5, 0.9, 4
"""A request is told by a run of so many tokens that are likely of it, with such a mean probability."""

BUNDLED = Path(__file__).with_name("subject_model.npz")


class QuestionPart(StrEnum):
    """What a token of a question belongs to."""

    SUBJECT = "subject"
    REQUEST = "request"


@dataclass(frozen=True, slots=True)
class SubjectModel:
    """The tagger, and the words of requests that it knows; all others look alike to it."""

    vocabulary: frozenset[str]
    tagger: Regression

    def parts(self, tokens: Sequence[Token]) -> list[QuestionPart]:
        """What each token belongs to; all are the subject's unless a run of them is surely a request.

        Beside such a run, shorter ones are of the request too, but single tokens only at the ends of the question.
        """
        request = self._request(tokens)
        runs = _runs(request > _LIKELY)
        parts = [QuestionPart.SUBJECT] * len(tokens)
        if any(end - start >= _SURE_TOKENS and request[start:end].mean() >= _SURE for start, end in runs):
            for start, end in runs:
                if end - start > 1 or start == 0 or end == len(tokens):
                    parts[start:end] = [QuestionPart.REQUEST] * (end - start)
        return parts

    def _request(self, tokens: Sequence[Token]) -> NDArray[np.float64]:
        """How probable it is that each token is of the request; no word that stands in no marked request is."""
        forms = [form_of(token, self.vocabulary) for token in tokens]
        features = token_features(forms, tokens, [Known()] * len(tokens))
        column = self.tagger.labels.index(QuestionPart.REQUEST)
        return np.array(
            [
                0.0 if self._is_unknown(token) else self.tagger.probabilities(read)[column]
                for token, read in zip(tokens, features, strict=True)
            ]
        )

    def _is_unknown(self, token: Token) -> bool:
        return token.kind in (TokenKind.WORD, TokenKind.HAN) and token.text.lower() not in self.vocabulary


def _runs(likely: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Places [start, end) of the runs of what is true."""
    edges = np.flatnonzero(np.diff(likely, prepend=False, append=False)).tolist()
    return list(zip(edges[::2], edges[1::2], strict=True))


@lru_cache(maxsize=1)
def bundled_subject_model() -> SubjectModel:
    """The model as it is packaged."""
    with np.load(BUNDLED, allow_pickle=False) as file:
        return SubjectModel(frozenset(map(str, file["vocabulary"])), regression_in(file, "tagger"))


@lru_cache(maxsize=1024)
def subject_of(question: str) -> str:
    """The question without its request and the marks that then stand alone; all of it where nothing else is left."""
    tokens = record_tokens(question)
    parts = bundled_subject_model().parts(tokens)
    if QuestionPart.REQUEST not in parts:
        return question
    left, at = "", 0
    for token, part in zip(tokens, parts, strict=True):
        left += question[at : token.end] if part is QuestionPart.SUBJECT else " "
        at = token.end
    left = " ".join(piece for piece in (left + question[at:]).split() if any(map(str.isalnum, piece)))
    return left if words(left) else question
