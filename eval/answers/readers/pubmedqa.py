"""PubMedQA (Jin et al., 2019): yes, no or maybe, with the abstract of the question's paper as evidence.

The abstract comes without its conclusion, which is the gold long answer.
"""

from pathlib import Path

from eval.answers.domain import AnswerQuestion, AnswerSuite, GivenPassage
from eval.errors import BrokenData
from eval.json_lines import json_object


def read(data: Path) -> AnswerSuite:
    """The 500 questions of the test part; ``data`` is the folder of evaluation data or PubMedQA's own."""
    folder = data / "bench/pubmedqa" if (data / "bench/pubmedqa").is_dir() else data
    file = folder / "ori_pqal.json"
    rows, test = json_object(file), json_object(folder / "test_ground_truth.json")
    questions = tuple(_question(file, id_, rows.get(id_), str(gold)) for id_, gold in test.items())
    return AnswerSuite("pubmedqa", questions, "given")


def _question(file: Path, id_: str, row: object, label: str) -> AnswerQuestion:
    if not isinstance(row, dict):
        raise BrokenData(file, f"question {id_}", "is not there")
    return AnswerQuestion(
        id=id_,
        text=str(row["QUESTION"]),
        kind=label,
        label=label,
        sources=(f"PM-{id_}",),
        given=(GivenPassage(f"PM-{id_}", "\n".join(map(str, row["CONTEXTS"]))),),
    )
