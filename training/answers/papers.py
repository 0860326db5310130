"""The abstracts that the written questions are about: open sets, read from where they lie."""

import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.documents.sentences import sentences

PACKETS = Path(__file__).with_name("data") / "packets.tsv"

_LONGEST_SOURCE = 200


@dataclass(frozen=True, slots=True)
class Paper:
    """An abstract in sentences."""

    id: str
    title: str
    year: str
    sentences: tuple[str, ...]

    @property
    def source(self) -> str:
        """Title and year as a prompt names them."""
        return ", ".join(part for part in (self.title, self.year) if part)[:_LONGEST_SOURCE]


Packet = Mapping[str, Paper]
"""Three papers on one topic by their letters A, B and C; ``A4`` is the fourth sentence of the first."""


def packets(abstracts: Path, scifact: Path) -> dict[str, Packet]:
    """The packets of the written questions, by name.

    ``abstracts`` has PubMed records (JSON Lines with paper_id, title, abstract, publication_year), ``scifact`` is the
    corpus of SciFact. Raises KeyError for a paper that neither holds.
    """
    papers = {paper.id: paper for paper in (*_pubmed(abstracts), *_scifact(scifact))}
    rows = (line.split("\t") for line in PACKETS.read_text("utf-8").splitlines())
    return {name: {letter: papers[id_] for letter, id_ in zip("ABC", ids, strict=True)} for name, *ids in rows}


def excerpt(texts: Mapping[int, str]) -> str:
    """Sentences by their numbers as one text, a line where one is left out between."""
    text, last = "", 0
    for number, sentence in sorted(texts.items()):
        text += (" " if last == number - 1 else "\n") * bool(text) + sentence
        last = number
    return text


def _pubmed(path: Path) -> Iterator[Paper]:
    for row in _rows(path):
        yield Paper(row["paper_id"], _plain(row["title"]), str(row["publication_year"]), _sentences(row["abstract"]))


def _scifact(path: Path) -> Iterator[Paper]:
    for row in _rows(path):
        text = row.get("text") or " ".join(row["abstract"])
        yield Paper(f"SF-{row['_id']}", _plain(row["title"]), "", _sentences(text))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(_plain(text[start:end]) for start, end in sentences(text) if text[start:end].strip())


def _plain(text: str) -> str:
    return html.unescape(" ".join(text.split()))
