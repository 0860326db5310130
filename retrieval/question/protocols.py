"""The seam of reading questions."""

from collections.abc import Sequence
from typing import Protocol

from retrieval.question.domain import Question, Turn


class QuestionParser(Protocol):
    """Parses a question once, before anything is searched."""

    async def parse(self, text: str, history: Sequence[Turn] = ()) -> Question:
        """The parsed question; ``history`` are the turns before it. Raises ModelUnavailable."""
