"""What lm-evaluation-harness calls for the task ``jianxi_ecs``: the questions, and the figures of one reply."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval.answers.facts import facts_found
from eval.json_lines import records

_CITED = re.compile(r"\[\d+\]")
"""The service marks what it claims; a reply without a mark claims nothing."""

_FIELDS = ("id", "question", "language", "kind", "answer", "answer_facts")


def questions(*, questions: str = "", **_: object) -> dict[str, Any]:
    """The split ``test`` from the file that ``--metadata '{"questions": FILE}'`` names; raises ValueError without it.

    The harness passes all of its metadata, of which nothing else is used.
    """
    import datasets

    if not questions:
        raise ValueError('name the file of questions: --metadata \'{"questions": "bench/ecs/questions.jsonl"}\'')
    rows = records(Path(questions), lambda _, row: {field: row[field] for field in _FIELDS})
    return {"test": datasets.Dataset.from_list(rows)}


def measured(doc: dict[str, Any], replies: Sequence[str]) -> dict[str, float]:
    """Whether an unanswerable question was declined; whether others were answered, and the share of facts found."""
    declined = _CITED.search(replies[0]) is None
    if doc["kind"] == "unanswerable":
        return {"refused_rightly": float(declined)}
    found = facts_found(doc["answer_facts"], "" if declined else replies[0], question=doc["question"])
    return {"facts_found": sum(found) / len(found), "answered": float(not declined)}
