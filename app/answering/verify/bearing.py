"""Whether a sentence of an answer is relevant to the question and adds something to it."""

import asyncio
from collections.abc import Sequence

from app.answering.verify.wording import added_words
from models.protocols import Judge


class Bearing:
    """What one question asks of every sentence of its answer.

    With a judge, a sentence that the question alone carries says nothing new, and one whose relevance lies under the
    judge's threshold says something else. Without one, a sentence needs a word that the question lacks. A sentence that
    answers yes or no, or one of several named things, ``may_repeat`` the question.
    """

    def __init__(self, question: str, judge: Judge | None = None, *, may_repeat: bool = False) -> None:
        self.question = question
        self._judge = judge
        self._may_repeat = may_repeat

    async def missing(self, texts: Sequence[str]) -> list[str]:
        """For each sentence why it is no answer, empty where it may be one."""
        if not self.question or not texts:
            return ["" for _ in texts]
        if self._judge is None:
            return [self._by_words(text) for text in texts]
        return await asyncio.to_thread(self._by_judge, self._judge, texts)

    def _by_words(self, text: str) -> str:
        return "" if self._may_repeat or added_words(text, self.question) else _ECHO

    def _by_judge(self, judge: Judge, texts: Sequence[str]) -> list[str]:
        thresholds = judge.description
        relevance = judge.relevance(self.question, texts)
        carried = judge.verdicts([(text, self.question) for text in texts])[:, 0]
        return [
            _ECHO
            if not self._may_repeat and (told >= thresholds.supported or not added_words(text, self.question))
            else _ELSEWHERE
            if thresholds.reads_relevance and near < thresholds.relevant
            else ""
            for text, near, told in zip(texts, relevance, carried, strict=True)
        ]


_ECHO = "says only what the question says"
_ELSEWHERE = "does not bear on the question"
