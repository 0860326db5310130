"""The lexical index on tantivy: BM25 over fields, fed with words that we cut ourselves."""

import json
import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import pairwise
from pathlib import Path
from sys import intern
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.domain import Document, Passage, PassageId
from retrieval.domain import Hit
from retrieval.errors import reading
from retrieval.text.words import words

if TYPE_CHECKING:
    import tantivy

FIELD_WEIGHTS = {"body": 1.0, "title": 0.1, "authors": 0.6, "journal": 0.2, "year": 0.6, "pairs": 0.2}
"""How much a word counts by where it stands; ``body`` holds title, headings and text together.

``pairs`` are neighbouring words, which tell terms of several words apart (the sequential dependence model, Metzler and
Croft, 2005).
"""

_IDENTIFIER_WEIGHT = 12.0
_IDENTIFIER = re.compile(r"10\.\d{4,9}/[^\s,;，；。]+|[a-z]{1,6}[-_:]?\d[\w.-]*|\d{5,}", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_DIGITS = 4
_HEAP_BYTES = 64 * 2**20


class TantivyIndex:
    """One passage a document; scores are deterministic because passages are added in order of id by one thread."""

    def __init__(self, folder: Path) -> None:
        """Open what ``build`` wrote; raises IndexCorrupt."""
        self._folder = folder
        with _reading(folder):
            self._ids = [PassageId(intern(i)) for i in json.loads((folder / "ids.json").read_text("utf-8"))]
            self._schema = _schema()
            self._searcher = _tantivy().Index(self._schema, path=str(folder / "segments")).searcher()
        self._ordinals = {id_: n for n, id_ in enumerate(self._ids)}

    @staticmethod
    def build(folder: Path, passages: Iterable[tuple[Passage, Document]]) -> None:
        """Write an index of passages, with what their documents say of themselves, into a folder."""
        ordered = sorted(passages, key=lambda p: p[0].id)
        (folder / "segments").mkdir(parents=True, exist_ok=True)
        fields = _Fields()
        with _reading(folder):
            writer = _tantivy().Index(_schema(), path=str(folder / "segments")).writer(_HEAP_BYTES, 1)
            for ordinal, (passage, document) in enumerate(ordered):
                writer.add_document(fields.of(passage, document, ordinal))
            writer.commit()
            writer.wait_merging_threads()
        (folder / "ids.json").write_text(json.dumps([passage.id for passage, _ in ordered]), "utf-8")

    def search(self, text: str, k: int, *, allowed: Collection[PassageId] | None = None) -> Sequence[Hit]:
        """The k best, ties by id; user text is never query syntax."""
        query = self._query(text)
        if query is None or not self._ids or k < 1:
            return []
        wanted = {self._ordinals[i] for i in allowed if i in self._ordinals} if allowed is not None else None
        limit = k + 32 if wanted is None else len(self._ids)
        with _reading(self._folder):
            found = self._searcher.search(query, limit=limit, count=False).hits
            ordinals = self._searcher.fast_field_values("ordinal", [address for _, address in found])
        rounded = (-np.round(np.array([score for score, _ in found], np.float64), _DIGITS)).tolist()
        keyed = sorted(
            (key, self._ids[int(ordinal or 0)])
            for key, ordinal in zip(rounded, ordinals, strict=True)
            if wanted is None or ordinal in wanted
        )
        return [Hit(id_, -key) for key, id_ in keyed[:k]]

    def rarity(self, text: str) -> Mapping[str, float]:
        """The inverse document frequency of each distinct search word of a text."""
        total = max(1, len(self))
        return {w: math.log1p(total / (0.5 + self._searcher.doc_freq("body", w))) for w in sorted(set(words(text)))}

    def __len__(self) -> int:
        return len(self._ids)

    def _query(self, text: str) -> "tantivy.Query | None":
        tv = _tantivy()
        clauses = []
        said = words(text)
        for word in sorted(set(said)):
            clauses += [
                self._clause(field, word, FIELD_WEIGHTS[field]) for field in ("body", "title", "authors", "journal")
            ]
        clauses += [self._clause("pairs", pair, FIELD_WEIGHTS["pairs"]) for pair in sorted(set(_pairs(said)))]
        clauses += [self._clause("year", year, FIELD_WEIGHTS["year"]) for year in sorted(set(_YEAR.findall(text)))]
        clauses += [self._clause("ids", id_, _IDENTIFIER_WEIGHT) for id_ in sorted(identifiers_in(text))]
        return tv.Query.boolean_query([(tv.Occur.Should, c) for c in clauses]) if clauses else None

    def _clause(self, field: str, word: str, weight: float) -> "tantivy.Query":
        query = _tantivy().Query.term_query(self._schema, field, word, "freq")
        boosted: tantivy.Query = _tantivy().Query.boost_query(query, weight)
        return boosted


class _Fields:
    """The fields of passages; the metadata of a document is tokenised once."""

    def __init__(self) -> None:
        self._document: Document | None = None
        self._fixed: dict[str, str] = {}
        self._title: list[str] = []

    def of(self, passage: Passage, document: Document, ordinal: int) -> "tantivy.Document":
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
        entry: tantivy.Document = _tantivy().Document()
        entry.add_text("body", " ".join(word for part in parts for word in part))
        entry.add_text("pairs", " ".join(pair for part in parts for pair in _pairs(part)))
        for field, value in self._fixed.items():
            if value:
                entry.add_text(field, value)
        entry.add_unsigned("ordinal", ordinal)
        return entry


def _pairs(said: Sequence[str]) -> list[str]:
    return [f"{first}_{second}" for first, second in pairwise(said)]


def identifiers_in(text: str) -> set[str]:
    """What in a text looks like a DOI, a PMID or the id that a source gave, lower-case."""
    return {m.group().lower().rstrip(".-_") for m in _IDENTIFIER.finditer(text)}


def _reading(folder: Path) -> AbstractContextManager[None]:
    return reading(f"the lexical index in {folder}")


def _tantivy() -> Any:
    import tantivy

    return tantivy


def _schema() -> "tantivy.Schema":
    builder = _tantivy().SchemaBuilder()
    for field in (*FIELD_WEIGHTS, "ids"):
        builder.add_text_field(field, stored=False, tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("ordinal", stored=False, indexed=True, fast=True)
    schema: tantivy.Schema = builder.build()
    return schema
