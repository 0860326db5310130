"""Triples that were extracted from a suite's texts beforehand, for systems that need them."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.peers.domain import Corpus

_FILES = {"musique100": "bench/musique100/openie_musique_train_1890_gpt35.json"}
_OTHER = re.compile(r"[\W_]")


@dataclass(frozen=True, slots=True)
class Triple:
    """Subject, predicate and object, folded."""

    subject: str
    predicate: str
    object: str

    def __str__(self) -> str:
        """As HippoRAG 2 embeds a fact: a tuple as Python writes it."""
        return str((self.subject, self.predicate, self.object))


def triples_path(suite: str, data: Path) -> Path | None:
    """The file of a suite's triples, None where there is none."""
    return data / _FILES[suite] if suite in _FILES else None


def read_triples(path: Path, corpus: Corpus) -> list[list[Triple]]:
    """Triples by text, in the order of the texts; rows that are no triples, and repetitions, are left out."""
    rows = {row["passage"]: row["extracted_triples"] for row in json.loads(path.read_text("utf-8"))["docs"]}
    return [_valid(rows.get(document, ())) for document in corpus.documents]


def folded(text: str) -> str:
    """Lower case, with spaces for all that is neither letter nor digit."""
    return _OTHER.sub(" ", text.lower()).strip()


def _valid(rows: Sequence[Sequence[str]]) -> list[Triple]:
    unique = dict.fromkeys(tuple(map(str, row)) for row in rows if len(row) == 3)
    return [Triple(*map(folded, row)) for row in unique]
