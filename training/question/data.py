"""The labelled questions."""

from dataclasses import dataclass
from pathlib import Path

from retrieval.question.domain import Intent

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
    """The questions of a file with a header; raises ValueError with the line that is wrong."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()[1:], 2):
        fields = line.split("\t")
        if len(fields) != 5 or fields[3] not in {"0", "1"}:
            raise ValueError(f"{path}:{number}: five columns are asked, has_history 0 or 1")
        language, intent, detail, leans, text = fields
        found.append(LabelledQuestion(language, Intent(intent), detail, leans == "1", text))
    return found
