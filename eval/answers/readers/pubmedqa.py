"""PubMedQA (Jin et al., 2019): yes, no or maybe, with the abstract of the question's paper as evidence.

The abstract comes without its conclusion, which is the gold long answer.
"""

from pathlib import Path

from eval.answers.domain import AnswerQuestion, AnswerSuite, GivenPassage
from eval.answers.readers.lines import UnreadableSuite, document


def read(data: Path) -> AnswerSuite:
    """The 500 questions of the test part; ``data`` is the folder of evaluation data or PubMedQA's own."""
    folder = data / "bench/pubmedqa" if (data / "bench/pubmedqa").is_dir() else data
    rows = document(folder / "ori_pqal.json")
    test = document(folder / "test_ground_truth.json")
    return AnswerSuite(
        "pubmedqa", tuple(_question(id_, rows.get(id_), str(gold)) for id_, gold in test.items()), "given"
    )


def _question(id_: str, row: object, label: str) -> AnswerQuestion:
    if not isinstance(row, dict):
        raise UnreadableSuite(f"ori_pqal.json has no question {id_}")
    return AnswerQuestion(
        id=id_,
        text=str(row["QUESTION"]),
        kind=label,
        label=label,
        sources=(f"PM-{id_}",),
        given=(GivenPassage(f"PM-{id_}", "\n".join(map(str, row["CONTEXTS"]))),),
    )
