"""Sentences that the embedded model wrote, labelled right or wrong, with its other replies to the same prompt."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from app.answering.verify.protocols import NumberedText
from kg.domain import Language
from training.answers.papers import Packet, excerpt

BUNDLED = Path(__file__).with_name("data") / "labelled.jsonl"


class Labelled(BaseModel):
    """The replies to one question over its evidence, and labelled sentences of them.

    ``8-1A:1,3`` are sentences of a paper; ``chinese`` tells that the evidence was shown in Chinese. Outside readers
    who read all the evidence gave the labels: whether the sentence is right and answers what is asked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    packet: str
    lang: Language
    question: str
    chinese: bool = False
    evidence: tuple[str, ...]
    replies: tuple[str, ...]
    sentences: tuple[tuple[str, bool], ...]


def labelled(path: Path = BUNDLED) -> list[Labelled]:
    """The rows of a file; raises pydantic.ValidationError."""
    return [Labelled.model_validate_json(line) for line in path.read_text("utf-8").splitlines()]


def evidence_of(
    row: Labelled, papers: Mapping[str, Packet], chinese: Mapping[tuple[str, str], str]
) -> Sequence[NumberedText]:
    """What the model read; ``chinese`` are translations of sentences by packet and place."""
    return [_piece(n, place, papers, chinese if row.chinese else {}) for n, place in enumerate(row.evidence, 1)]


def _piece(
    number: int, place: str, papers: Mapping[str, Packet], chinese: Mapping[tuple[str, str], str]
) -> NumberedText:
    at, _, told = place.partition(":")
    packet, letter = at[:-1], at[-1]
    paper = papers[packet][letter]
    texts = {n: chinese.get((packet, f"{letter}{n}"), paper.sentences[n - 1]) for n in map(int, told.split(","))}
    return NumberedText(number, excerpt(texts), paper.source)
