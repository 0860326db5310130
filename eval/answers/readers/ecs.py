"""The ECS questions, as ``bench/ecs/questions.jsonl`` has them."""

from pathlib import Path

from eval.answers.domain import AnswerQuestion, AnswerSuite
from eval.json_lines import Row, records


def read(data: Path) -> AnswerSuite:
    """80 questions over the abstracts and the graph; ``data`` is the folder of evaluation data or the file."""
    file = data if data.is_file() else data / "bench/ecs/questions.jsonl"
    return AnswerSuite("ecs", tuple(records(file, _question)), "ecs")


def _question(_: int, row: Row) -> AnswerQuestion:
    answerable = row["kind"] != "unanswerable"
    return AnswerQuestion(
        id=str(row["id"]),
        text=str(row["question"]),
        language=str(row["language"]),
        kind=str(row["kind"]),
        answer=str(row["answer"]),
        facts=_texts(row["answer_facts"]),
        sources=_texts(row["gold_passages"]),
        quotes=_texts(row["gold_quotes"]),
        triples=tuple((str(s), str(p), str(o)) for s, p, o in _triples(row["gold_triples"])),
        answerable=answerable,
        false_premise=row.get("unanswerable_type") == "false_premise",
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _triples(value: object) -> list[list[object]]:
    return [list(t) for t in value] if isinstance(value, list) else []
