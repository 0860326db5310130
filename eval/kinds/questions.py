"""Questions by kind, and whether one was handled right."""

import re
from dataclasses import dataclass
from pathlib import Path

from app.answering.domain import Turn
from eval.answers.domain import Answered
from eval.json_lines import Row, records


@dataclass(frozen=True, slots=True)
class KindQuestion:
    """A question with its conversation so far.

    ``gold`` are strings that must stand in the answer and ``never`` strings that must not. ``answered`` is true where
    the library or the graph answers with citations, false where a refusal or the service's own words are right.
    ``expect`` tells a reader what a good answer does.
    """

    id: str
    kind: str
    language: str
    text: str
    history: tuple[Turn, ...]
    gold: tuple[str, ...]
    never: tuple[str, ...]
    answered: bool
    expect: str


def read_questions(path: Path) -> tuple[KindQuestion, ...]:
    """Questions of a JSON Lines file; raises MissingData and BrokenData."""
    return tuple(records(path, _question))


def faults(question: KindQuestion, answered: Answered) -> list[str]:
    """What is wrong with an answer; nothing where it was handled right."""
    found = [f"run failed: {answered.error}"] if answered.error else []
    cited = any(s.citations for s in answered.sentences)
    if question.answered and (answered.sufficiency == "cannot_answer" or not cited):
        found.append("no answer with citations")
    if not question.answered and cited:
        found.append("answered with citations")
    found += [f"lacks {gold!r}" for gold in question.gold if not _says(answered.text, gold)]
    lowered = answered.text.lower()
    return found + [f"says {never!r}" for never in question.never if never.lower() in lowered]


def _says(text: str, gold: str) -> bool:
    """Whether the string stands in the text, a number as a whole number."""
    if gold.isdigit():
        return re.search(rf"(?<!\d){gold}(?!\d)", text) is not None
    return gold.lower() in text.lower()


def _question(_: int, row: Row) -> KindQuestion:
    return KindQuestion(
        id=str(row["id"]),
        kind=str(row["kind"]),
        language=str(row["language"]),
        text=str(row["question"]),
        history=tuple(Turn(turn["role"], str(turn["text"])) for turn in row["history"]),
        gold=tuple(map(str, row["gold"])),
        never=tuple(map(str, row["never"])),
        answered=bool(row["answered"]),
        expect=str(row.get("expect", "")),
    )
