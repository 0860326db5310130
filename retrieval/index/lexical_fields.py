"""The fields of a passage in the lexical index, made of words that we cut ourselves."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from kg.domain import Document, Passage
from retrieval.text.words import words

FIELD_WEIGHTS = {"body": 1.0, "title": 0.1, "authors": 0.6, "journal": 0.2, "year": 0.6, "pairs": 0.2}
"""How much a word counts by where it stands; ``body`` holds title, headings and text together.

``pairs`` are neighbouring words, which tell terms of several words apart (the sequential dependence model, Metzler and
Croft, 2005).
"""

FIELDS = (*FIELD_WEIGHTS, "ids")

_IDENTIFIER = re.compile(r"10\.\d{4,9}/[^\s,;，；。]+|[a-z]{1,6}[-_:]?\d[\w.-]*|\d{5,}", re.IGNORECASE)
_PART = "\n"


class PassageFields:
    """The fields of passages; the metadata of a document is tokenised once."""

    def __init__(self) -> None:
        self._document: Document | None = None
        self._fixed: dict[str, str] = {}
        self._title: list[str] = []

    def of(self, passage: Passage, document: Document) -> dict[str, str]:
        """Words by field, with blanks between them; the pairs are left to ``with_pairs``."""
        if document is not self._document:
            self._document = document
            self._title = words(document.title)
            ids = {document.source_id, *document.identifiers.values()}
            self._fixed = {
                "title": " ".join(self._title),
                "authors": " ".join(w for w in words(" ".join(document.authors)) if len(w) > 1 or not w.isascii()),
                "journal": " ".join(words(document.journal or "")),
                "year": str(document.year or ""),
                "ids": " ".join(sorted(i.lower().replace(" ", "") for i in ids)),
            }
        headings = [h for h in passage.heading_path if h != document.title]
        parts = [self._title, words(" \n ".join(headings)), words(passage.text)]
        return {"body": _PART.join(" ".join(part) for part in parts), **self._fixed}


def with_pairs(fields: Mapping[str, str]) -> dict[str, str]:
    """All fields of a passage: pairs never reach from one part of its body to the next."""
    parts = fields.get("body", "").split(_PART)
    return {**fields, "pairs": " ".join(pair for part in parts for pair in pairs_of(part.split()))}


def pairs_of(said: Sequence[str]) -> list[str]:
    """Neighbouring words."""
    return [f"{first}_{second}" for first, second in pairwise(said)]


def identifiers_in(text: str) -> set[str]:
    """What in a text looks like a DOI, a PMID or the id that a source gave, lower-case."""
    return {m.group().lower().rstrip(".-_") for m in _IDENTIFIER.finditer(text)}
