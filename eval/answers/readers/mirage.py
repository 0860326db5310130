"""MIRAGE's ``benchmark.json`` (Xiong et al., 2024): data set, question id, question, options and the right letter.

PubMedQA and BioASQ name the papers that hold the answer (``PMID``), and their options are yes, no and maybe.
"""

from pathlib import Path

from eval.answers.domain import AnswerQuestion, AnswerSuite
from eval.errors import BrokenData, MissingData
from eval.json_lines import json_document


def read(data: Path) -> AnswerSuite:
    """Multiple choice, answered from the user's own home; the kind is the data set.

    Papers are named as ingestion names a document that has a PubMed id.
    """
    if not data.is_file():
        raise MissingData(f"{data} is no file; give MIRAGE's benchmark.json by --data FILE")
    sets = json_document(data)
    questions = [
        _question(data, name, id_, row)
        for name, rows in (sets.items() if isinstance(sets, dict) else ())
        for id_, row in (rows.items() if isinstance(rows, dict) else ())
    ]
    if not questions:
        raise MissingData(f"{data} holds no questions; expected data set -> id -> question, options, answer")
    return AnswerSuite("mirage", tuple(questions), "own")


def _question(file: Path, name: str, id_: str, row: object) -> AnswerQuestion:
    if not isinstance(row, dict) or not isinstance(row.get("options"), dict):
        raise BrokenData(file, f"question {id_} of {name}", "has no options")
    options = {str(letter): str(text) for letter, text in row["options"].items()}
    label = str(row.get("answer"))
    if label not in options:
        raise BrokenData(file, f"question {id_} of {name}", f"its answer {label!r} is none of {', '.join(options)}")
    papers = row.get("PMID")
    return AnswerQuestion(
        id=f"{name}-{id_}",
        text=str(row.get("question")),
        kind=name,
        options=options,
        label=label,
        sources=tuple(dict.fromkeys(f"PM-{p}" for p in papers)) if isinstance(papers, list) else (),
    )
