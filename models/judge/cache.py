"""A judge with a cache of the pairs read last."""

import asyncio
from collections.abc import Sequence

import numpy as np

from models.protocols import Judge, JudgeThresholds, Vectors
from models.recent import Recent

_MOST = 20_000
_CLASSES = 3

Pair = tuple[str, str]


class CachingJudge:
    """Caches another judge's readings, because one answer asks for those of the same sentences several times."""

    def __init__(self, judge: Judge, *, most: int = _MOST) -> None:
        """Holds the readings of the ``most`` pairs used last."""
        self._judge = judge
        self._verdicts = Recent[Pair](most)
        self._relevance = Recent[Pair](most)

    @property
    def identity(self) -> str:
        """The identity of the cached judge."""
        return self._judge.identity

    @property
    def description(self) -> JudgeThresholds:
        """The thresholds of the cached judge."""
        return self._judge.description

    def verdicts(self, pairs: Sequence[Pair]) -> Vectors:
        """Probabilities supported, contradicted, unsupported, shape (n, 3); only unknown pairs are read."""
        read = self._verdicts.read(pairs, self._judge.verdicts)
        return np.stack(read) if read else np.zeros((0, _CLASSES), np.float32)

    def relevance(self, query: str, texts: Sequence[str]) -> Vectors:
        """How well each text answers, 0 to 1, shape (n,); only unknown texts are read."""
        read = self._relevance.read(
            [(query, text) for text in texts],
            lambda missing: self._judge.relevance(query, [text for _, text in missing]),
        )
        return np.array(read, np.float32)

    async def score(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """Relevance in the form of a Reranker."""
        scores: list[float] = (await asyncio.to_thread(self.relevance, query, texts)).tolist()
        return scores
