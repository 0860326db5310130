"""The labelled questions."""

from dataclasses import dataclass
from pathlib import Path

from retrieval.question.domain import Intent
from training.tab_rows import tab_rows

FOLDER = Path(__file__).with_name("data")


@dataclass(frozen=True, slots=True)
class LabelledQuestion:
    """A question with what it asks for; ``leans`` tells that it leans on the turns before it."""

    language: str
    intent: Intent
    detail: str
    leans: bool
    text: str


def read_questions(path: Path) -> list[LabelledQuestion]:
    """The questions of a file with a header; raises MissingData and BrokenData."""
    return tab_rows(path, _question)


def _question(language: str, intent: str, detail: str, leans: str, text: str) -> LabelledQuestion:
    if leans not in ("0", "1"):
        raise ValueError("has_history is 0 or 1")
    return LabelledQuestion(language, Intent(intent), detail, leans == "1", text)
