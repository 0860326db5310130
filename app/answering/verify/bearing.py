"""Whether a sentence of an answer adds something to the question."""

from collections.abc import Sequence

from app.answering.verify.wording import added_words


class Bearing:
    """What one question asks of every sentence of its answer.

    A sentence needs a word that the question lacks; one that answers yes or no, or one of several named things,
    ``may_repeat`` the question.
    """

    def __init__(self, question: str, *, may_repeat: bool = False) -> None:
        self.question = question
        self._may_repeat = may_repeat

    def missing(self, texts: Sequence[str]) -> list[str]:
        """For each sentence why it is no answer, empty where it may be one."""
        if not self.question or self._may_repeat:
            return ["" for _ in texts]
        return ["" if added_words(text, self.question) else _ECHO for text in texts]


_ECHO = "says only what the question says"
