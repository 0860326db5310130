"""MIRAGE's ``benchmark.json`` (Xiong et al., 2024): data set, question id, question, options and the right letter.

PubMedQA and BioASQ name the papers that hold the answer (``PMID``), and their options are yes, no and maybe.
"""

from pathlib import Path

from eval.answers.domain import AnswerQuestion, AnswerSuite
from eval.answers.readers.lines import UnreadableSuite, document


def read(data: Path) -> AnswerSuite:
    """Multiple choice, answered from the user's own home; the kind is the data set.

    Papers are named as ingestion names a document that has a PubMed id.
    """
    if not data.is_file():
        raise UnreadableSuite(f"{data} is no file; give MIRAGE's benchmark.json by --data FILE")
    questions = [
        _question(name, id_, row)
        for name, rows in document(data).items()
        for id_, row in (rows.items() if isinstance(rows, dict) else ())
    ]
    if not questions:
        raise UnreadableSuite(f"{data} holds no questions; expected data set -> id -> question, options, answer")
    return AnswerSuite("mirage", tuple(questions), "own")


def _question(name: str, id_: str, row: object) -> AnswerQuestion:
    if not isinstance(row, dict) or not isinstance(row.get("options"), dict):
        raise UnreadableSuite(f"question {id_} of {name} has no options")
    options = {str(letter): str(text) for letter, text in row["options"].items()}
    label = str(row.get("answer"))
    if label not in options:
        raise UnreadableSuite(f"question {id_} of {name}: its answer {label!r} is none of {', '.join(options)}")
    papers = row.get("PMID")
    return AnswerQuestion(
        id=f"{name}-{id_}",
        text=str(row.get("question")),
        kind=name,
        options=options,
        label=label,
        sources=tuple(dict.fromkeys(f"PM-{p}" for p in papers)) if isinstance(papers, list) else (),
    )
