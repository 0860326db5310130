"""Folders in BEIR's layout: ``corpus.jsonl``, ``queries.jsonl`` and ``qrels.tsv``."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from eval.errors import BrokenData, MissingData
from eval.json_lines import json_lines, numbered_lines
from eval.retrieval.domain import Suite, SuiteQuestion, SuiteText
from kg.documents.language import language_of_question

_QRELS = ("qrels.tsv", "qrels/test.tsv")


def read_beir(name: str, folder: Path, *, queries: str = "queries.jsonl", qrels: str | None = None) -> Suite:
    """The suite of a folder; questions without judgements are left out. Raises MissingData, BrokenData."""
    corpus, questions = folder / "corpus.jsonl", folder / queries
    there = (folder / name for name in _QRELS if (folder / name).is_file())
    judged = folder / qrels if qrels else next(there, folder / _QRELS[0])
    for path in (corpus, questions, judged):
        if not path.is_file():
            raise MissingData(
                f"{path} is not there; a folder in BEIR's layout holds corpus.jsonl, {queries}, qrels.tsv"
            )
    texts = tuple(SuiteText(*record) for record in _records(corpus))
    asked = {id_: text for id_, _, text in _records(questions)}
    gold = read_qrels(judged, questions=asked, texts={t.id for t in texts})
    if not gold:
        raise BrokenData(judged, 1, "no judgement above 0, so there is nothing to find")
    found = tuple(
        SuiteQuestion(id_, asked[id_], grades, language_of_question(asked[id_])) for id_, grades in gold.items()
    )
    return Suite(name, texts, found)


def read_qrels(path: Path, *, questions: Mapping[str, str], texts: set[str]) -> dict[str, dict[str, int]]:
    """Grades above 0 by question and text, from three columns or TREC's four, with or without a header.

    Raises BrokenData for a line of another shape and for ids that are in no file.
    """
    gold: dict[str, dict[str, int]] = {}
    for number, line in numbered_lines(path):
        cells = [cell.strip() for cell in line.split("\t")] if "\t" in line else line.split()
        if len(cells) not in (3, 4):
            raise BrokenData(
                path, number, f"{len(cells)} columns where 3 (question, text, grade) or TREC's 4 are asked"
            )
        question, text, grade = cells[0], cells[-2], cells[-1]
        try:
            value = int(grade)
        except ValueError:
            if number == 1 and question not in questions:
                continue
            raise BrokenData(path, number, f"the grade {grade!r} is no whole number") from None
        if question not in questions:
            raise BrokenData(path, number, f"question {question!r} is not among the questions")
        if text not in texts:
            raise BrokenData(path, number, f"text {text!r} is not in the corpus")
        if value > 0:
            gold.setdefault(question, {})[text] = value
    return gold


def _records(path: Path) -> Iterator[tuple[str, str, str]]:
    """Id, title and text of each line."""
    seen: dict[str, int] = {}
    for number, value in json_lines(path):
        id_, text, title = value.get("_id"), value.get("text"), value.get("title") or ""
        if isinstance(id_, bool) or not isinstance(id_, str | int) or not str(id_).strip():
            raise BrokenData(path, number, "the field _id is missing or empty")
        if not isinstance(text, str) or not isinstance(title, str):
            raise BrokenData(path, number, "the fields title and text are strings, and text must be there")
        name = str(id_).strip()
        if name in seen:
            raise BrokenData(path, number, f"the id {name!r} is on line {seen[name]} already")
        seen[name] = number
        yield name, title, text
