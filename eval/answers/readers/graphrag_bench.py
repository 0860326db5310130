"""GraphRAG-Bench's questions: question, answer, evidence and question_type, over a corpus ingested beforehand.

``question_type`` is Fact Retrieval, Complex Reasoning, Contextual Summarize or Creative Generation. The evidence is
taken as the facts that a right answer states.
"""

from pathlib import Path

from eval.answers.domain import AnswerQuestion, AnswerSuite
from eval.answers.readers.lines import UnreadableSuite, rows
from kg.documents.language import language_of


def read(data: Path) -> AnswerSuite:
    """Questions of a JSON array or JSON Lines, answered from the user's own home."""
    if not data.is_file():
        raise UnreadableSuite(f"{data} is no file; give the questions of GraphRAG-Bench by --data FILE")
    return AnswerSuite("graphrag-bench", tuple(_question(n, row, data) for n, row in enumerate(rows(data), 1)), "own")


def _question(number: int, row: dict[str, object], file: Path) -> AnswerQuestion:
    absent = [name for name in ("question", "answer") if not str(row.get(name) or "").strip()]
    if absent:
        raise UnreadableSuite(f"{file}: entry {number} has no {absent[0]}")
    return AnswerQuestion(
        id=str(row.get("id") or number),
        text=str(row["question"]),
        language=language_of(str(row["question"])),
        kind=str(row.get("question_type") or "").strip().lower().replace(" ", "_"),
        answer=str(row["answer"]),
        facts=_evidence(row.get("evidence")),
    )


def _evidence(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    return tuple(str(v) for v in value if str(v).strip()) if isinstance(value, list) else ()
