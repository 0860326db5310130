"""The nouns of a retrieval evaluation: a corpus, its questions and what should be found."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.documents.language import language_of
from kg.domain import DocumentId, Passage, PassageId, Span


@dataclass(frozen=True, slots=True)
class SuiteText:
    """A text of a suite's corpus; ``id`` is the suite's own."""

    id: str
    title: str
    text: str

    def passage(self) -> Passage:
        """The text as one passage, headed by its title."""
        id_ = DocumentId(self.id)
        heads = (self.title,) if self.title else ()
        whole = (Span(0, 0, len(self.text)),)
        return Passage(PassageId(f"{id_}:0"), id_, 0, self.text, language_of(self.text), heads, None, whole)


@dataclass(frozen=True, slots=True)
class SuiteQuestion:
    """A question with the ids of the texts that answer it and their grades; ``hops`` where the suite tells them."""

    id: str
    text: str
    gold: Mapping[str, int]
    language: str = "en"
    kind: str = ""
    hops: int | None = None


@dataclass(frozen=True, slots=True)
class Suite:
    """A corpus with questions; a document a text.

    ``records`` is a file that holds the same texts with more than their title (authors, journal), ingested as it is;
    ``graphs`` are folders of tables, each called like the bundled mapping that reads it.
    """

    name: str
    texts: tuple[SuiteText, ...]
    questions: tuple[SuiteQuestion, ...]
    records: Path | None = None
    graphs: tuple[Path, ...] = ()

    def corpus_digest(self) -> str:
        """Sixteen hex digits that change with the corpus."""
        digest = hashlib.sha256()
        for text in self.texts:
            digest.update(json.dumps([text.id, text.title, text.text]).encode())
        for graph in self.graphs:
            for path in sorted(p for p in graph.rglob("*") if p.is_file()):
                digest.update(f"{graph.name} {path.relative_to(graph)} {path.stat().st_size}".encode())
        return digest.hexdigest()[:16]

    def questions_digest(self) -> str:
        """Sixteen hex digits that change with the questions and what should be found."""
        digest = hashlib.sha256()
        for question in self.questions:
            digest.update(json.dumps([question.id, question.text, sorted(question.gold.items())]).encode())
        return digest.hexdigest()[:16]
