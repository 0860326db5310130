"""The ECS questions, as ``bench/ecs/questions.jsonl`` has them."""

from pathlib import Path

from eval.answers.domain import AnswerQuestion, AnswerSuite
from eval.json_lines import Row, records


def read(data: Path) -> AnswerSuite:
    """80 questions over the abstracts and the graph; ``data`` is the folder of evaluation data or the file."""
    file = data if data.is_file() else data / "bench/ecs/questions.jsonl"
    return AnswerSuite("ecs", tuple(records(file, _question)), "ecs")


def _question(_: int, row: Row) -> AnswerQuestion:
    return AnswerQuestion(
        id=str(row["id"]),
        text=str(row["question"]),
        language=str(row["language"]),
        kind=str(row["kind"]),
        answer=str(row["answer"]),
        facts=tuple(row["answer_facts"] or ()),
        sources=tuple(row["gold_passages"] or ()),
        quotes=tuple(row["gold_quotes"] or ()),
        triples=tuple((str(s), str(p), str(o)) for s, p, o in row["gold_triples"] or ()),
        answerable=row["kind"] != "unanswerable",
        false_premise=row.get("unanswerable_type") == "false_premise",
    )
