"""An answer that needs no model: the library's own words or the graph's, with the evidence that they cite."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.domain import AnswerKind, Sentence
from app.answering.evidence import EvidenceItem

_MOST_MARKS = 3


@dataclass(frozen=True, slots=True)
class Composed:
    """Sentences with the evidence that they cite; ``shown`` of ``total`` items are listed.

    ``kind`` and the message named ``notice`` tell how they were made.
    """

    sentences: tuple[Sentence, ...]
    items: tuple[EvidenceItem, ...]
    text: str
    total: int
    shown: int
    notice: str
    kind: AnswerKind


def marks(numbers: Sequence[int]) -> str:
    """The first numbers in brackets, then one sign for all the others."""
    told = "".join(f"[{n}]" for n in numbers[:_MOST_MARKS])
    return told + "…" if len(numbers) > _MOST_MARKS else told


def marked(sentences: Sequence[Sentence]) -> str:
    """The sentences with their marks, each on a line."""
    return "\n".join(s.text + marks(s.citations) for s in sentences)
