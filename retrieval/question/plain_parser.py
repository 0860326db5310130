"""The parser that knows no language: every question asks for a fact, and leans on the one before it."""

from collections.abc import Sequence

from kg.documents.language import language_of_question
from retrieval.question.domain import Intent, Question, Turn


class PlainParser:
    """Searches with the last question and this one; for tests and for questions that bring their passages."""

    async def parse(self, text: str, history: Sequence[Turn] = ()) -> Question:
        """The parsed question."""
        before = next((t.text for t in reversed(history) if t.role == "user"), "")
        return Question(
            text,
            language_of_question(text),
            Intent.FACT,
            f"{before} {text}".strip(),
            {Intent.FACT: 1.0},
            about=before,
            follow_up=bool(before),
        )
