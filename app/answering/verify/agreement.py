"""How far several replies to one prompt agree: what a model says each time is likelier right than what it says once."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from app.answering.verify.matching import split_marks
from models.sentence_selection import terms

Shares = npt.NDArray[np.float64]


class Agreement:
    """What the replies of one model to one prompt have in common; nothing where there are none."""

    def __init__(self, replies: Sequence[str] = ()) -> None:
        """``replies`` are whole, with their marks."""
        self._words = [_words(reply) for reply in replies]

    def closest(self) -> int:
        """The reply that has most in common with all: the mean of 2 |A and B| / (|A| + |B|) over their words."""
        return int(np.argmax([sum(_in_common(a, b) for b in self._words) for a in self._words]))

    def shares(self, sentences: Sequence[str]) -> Shares:
        """For each sentence of a reply the mean, over the other replies, of the share of its words that one holds.

        NaN where the sentence is of none of them, or there is no other; shape (n,).
        """
        return np.array([self._share(sentence) for sentence in sentences], np.float64)

    def _share(self, sentence: str) -> float:
        words = _words(sentence)
        own = next((n for n, held in enumerate(self._words) if words and words <= held), None)
        others = [held for n, held in enumerate(self._words) if n != own]
        return (
            float(np.mean([len(words & held) / len(words) for held in others]))
            if own is not None and others
            else np.nan
        )


def _words(text: str) -> frozenset[str]:
    return frozenset(terms(split_marks(text, ())[0]))


def _in_common(a: frozenset[str], b: frozenset[str]) -> float:
    return 2 * len(a & b) / (len(a) + len(b)) if a or b else 1.0
