"""Whether a sentence of an answer is relevant to the question and adds something to it."""

import asyncio
from collections.abc import Sequence

from app.answering.verify.wording import added_words
from models.protocols import Judge


class Bearing:
    """What one question asks of every sentence of its answer.

    A sentence needs a word that the question lacks; one that answers yes or no, or one of several named things,
    ``may_repeat`` the question. With a judge that reads relevance, it must reach the judge's threshold as well.
    """

    def __init__(self, question: str, judge: Judge | None = None, *, may_repeat: bool = False) -> None:
        self.question = question
        self._judge = judge
        self._may_repeat = may_repeat

    async def missing(self, texts: Sequence[str]) -> list[str]:
        """For each sentence why it is no answer, empty where it may be one."""
        if not self.question or not texts:
            return ["" for _ in texts]
        if self._judge is None or not self._judge.description.reads_relevance:
            return [self._by_words(text) for text in texts]
        return await asyncio.to_thread(self._by_judge, self._judge, texts)

    def _by_words(self, text: str) -> str:
        return "" if self._may_repeat or added_words(text, self.question) else _ECHO

    def _by_judge(self, judge: Judge, texts: Sequence[str]) -> list[str]:
        relevance = judge.relevance(self.question, texts)
        return [
            self._by_words(text) or (_ELSEWHERE if near < judge.description.relevant else "")
            for text, near in zip(texts, relevance, strict=True)
        ]


_ECHO = "says only what the question says"
_ELSEWHERE = "does not bear on the question"
