"""The answer suites by name: whose knowledge answers each, and how a row of its file becomes a question."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from eval.answers import rgb
from eval.answers.domain import AnswerQuestion, AnswerSuite, GivenPassage
from eval.errors import BrokenData, MissingData
from eval.json_lines import Row, json_object, keyed_records, records
from kg.documents.language import language_of


def read_suite(name: str, data: Path, *, noise: float | None = None) -> AnswerSuite:
    """A suite; ``noise`` is RGB's ratio. Raises MissingData and BrokenData."""
    return rgb.read(data, noise=noise) if name == "rgb" and noise is not None else READERS[name](data)


def read_ecs(data: Path) -> AnswerSuite:
    """80 questions over the abstracts and the graph; ``data`` is the folder of evaluation data or the file."""
    file = data if data.is_file() else data / "bench/ecs/questions.jsonl"
    return AnswerSuite("ecs", tuple(records(file, _ecs)), "ecs")


def read_pubmedqa(data: Path) -> AnswerSuite:
    """The 500 questions of PubMedQA's test part (Jin et al., 2019): yes, no or maybe.

    Given is the abstract of the question's paper without its conclusion, which is the gold long answer. ``data`` is the
    folder of evaluation data or PubMedQA's own.
    """
    folder = data / "bench/pubmedqa" if (data / "bench/pubmedqa").is_dir() else data
    file = folder / "ori_pqal.json"
    rows = dict(keyed_records(file, lambda id_, row: (id_, (row["QUESTION"], "\n".join(map(str, row["CONTEXTS"]))))))

    def question(id_: str, label: str) -> AnswerQuestion:
        text, contexts = rows[id_]
        abstract = GivenPassage(f"PM-{id_}", contexts)
        return AnswerQuestion(id_, text, kind=label, label=label, sources=(abstract.id,), given=(abstract,))

    test = json_object(folder / "test_ground_truth.json")
    if absent := next((id_ for id_ in test if id_ not in rows), None):
        raise BrokenData(file, f"question {absent}", "is not there")
    return AnswerSuite("pubmedqa", tuple(question(id_, str(label)) for id_, label in test.items()), "given")


def read_graphrag_bench(data: Path) -> AnswerSuite:
    """GraphRAG-Bench (Xiang et al., 2025, arXiv:2506.05690), answered from the user's own home.

    ``evidence``, a statement or a list of them, are the facts that a right answer states; the first files have none.
    """
    questions = records(_given(data, "the questions of GraphRAG-Bench"), _graphrag_bench)
    return AnswerSuite("graphrag-bench", tuple(_apart(questions)), "own")


def read_mirage(data: Path) -> AnswerSuite:
    """Multiple choice of MIRAGE (Xiong et al., 2024), answered from the user's own home; the kind is the data set.

    PubMedQA and BioASQ name the papers that hold the answer (``PMID``), as ingestion names a document that has a PubMed
    id, and their options are yes, no and maybe.
    """
    questions = keyed_records(_given(data, "MIRAGE's benchmark.json"), _mirage, depth=2)
    if not questions:
        raise MissingData(f"{data} holds no questions; expected data set -> id -> question, options, answer")
    return AnswerSuite("mirage", tuple(questions), "own")


READERS: Mapping[str, Callable[[Path], AnswerSuite]] = {
    "ecs": read_ecs,
    "rgb": rgb.read,
    "pubmedqa": read_pubmedqa,
    "graphrag-bench": read_graphrag_bench,
    "mirage": read_mirage,
}
"""Each reads the folder of evaluation data, or the file or folder that is given instead."""


def _ecs(_: int, row: Row) -> AnswerQuestion:
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


def _graphrag_bench(number: int, row: Row) -> AnswerQuestion:
    if absent := [name for name in ("question", "answer") if not str(row.get(name) or "").strip()]:
        raise ValueError(f"has no {absent[0]}")
    told = row.get("evidence")
    return AnswerQuestion(
        id=str(row.get("id") or number),
        text=str(row["question"]),
        language=language_of(str(row["question"])),
        kind=str(row.get("question_type") or "").strip().lower().replace(" ", "_"),
        answer=str(row["answer"]),
        facts=tuple(str(v) for v in (told if isinstance(told, list) else [told or ""]) if str(v).strip()),
    )


def _apart(questions: Sequence[AnswerQuestion]) -> Iterator[AnswerQuestion]:
    """The questions with ids of their own: the published file of novels gives one id to two questions."""
    seen: Counter[str] = Counter()
    for question in questions:
        seen[question.id] += 1
        again = seen[question.id]
        yield question if again == 1 else replace(question, id=f"{question.id}-{again}")


def _mirage(id_: str, row: Row) -> AnswerQuestion:
    if not isinstance(row.get("options"), dict):
        raise ValueError("has no options")
    options = {str(letter): str(text) for letter, text in row["options"].items()}
    if (label := str(row.get("answer"))) not in options:
        raise ValueError(f"its answer {label!r} is none of {', '.join(options)}")
    told = row.get("PMID")
    papers = tuple(dict.fromkeys(f"PM-{p}" for p in told)) if isinstance(told, list) else ()
    kind = id_.partition("-")[0]
    return AnswerQuestion(id_, str(row.get("question")), kind=kind, options=options, label=label, sources=papers)


def _given(data: Path, what: str) -> Path:
    if not data.is_file():
        raise MissingData(f"{data} is no file; give {what} by --data FILE")
    return data
