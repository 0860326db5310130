"""GraphRAG-Bench's questions (Xiang et al., 2025, arXiv:2506.05690) over a corpus ingested beforehand.

Each has ``id``, ``source`` (the text it asks of), ``question``, ``answer`` and ``question_type``: Fact Retrieval,
Complex Reasoning, Contextual Summarize or Creative Generation. Files since the autumn of 2025 have ``evidence`` too, a
statement or a list of them, which are taken as the facts that a right answer states; the first ones have none.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from eval.answers.domain import AnswerQuestion, AnswerSuite
from eval.errors import MissingData
from eval.json_lines import Row, records
from kg.documents.language import language_of


def read(data: Path) -> AnswerSuite:
    """Questions of a JSON array or JSON Lines, answered from the user's own home."""
    if not data.is_file():
        raise MissingData(f"{data} is no file; give the questions of GraphRAG-Bench by --data FILE")
    return AnswerSuite("graphrag-bench", tuple(_apart(records(data, _question))), "own")


def _question(number: int, row: Row) -> AnswerQuestion:
    absent = [name for name in ("question", "answer") if not str(row.get(name) or "").strip()]
    if absent:
        raise ValueError(f"has no {absent[0]}")
    return AnswerQuestion(
        id=str(row.get("id") or number),
        text=str(row["question"]),
        language=language_of(str(row["question"])),
        kind=str(row.get("question_type") or "").strip().lower().replace(" ", "_"),
        answer=str(row["answer"]),
        facts=_evidence(row.get("evidence")),
    )


def _apart(questions: Sequence[AnswerQuestion]) -> Iterator[AnswerQuestion]:
    """The questions with ids of their own: the published file of novels gives one id to two questions."""
    seen: Counter[str] = Counter()
    for question in questions:
        seen[question.id] += 1
        again = seen[question.id]
        yield question if again == 1 else replace(question, id=f"{question.id}-{again}")


def _evidence(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,) if value.strip() else ()
    return tuple(str(v) for v in value if str(v).strip()) if isinstance(value, list) else ()
