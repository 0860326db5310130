"""The lexical index on tantivy: BM25 over fields, fed with words that we cut ourselves."""

import json
import math
import os
import re
import shutil
import weakref
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from sys import intern
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any

import numpy as np

from kg.domain import Document, Passage, PassageId
from retrieval.domain import Hit
from retrieval.errors import reading
from retrieval.index.lexical_counts import LexicalCounts
from retrieval.index.lexical_fields import FIELD_WEIGHTS, FIELDS, PassageFields, identifiers_in, pairs_of, with_pairs
from retrieval.text.words import words

if TYPE_CHECKING:
    import tantivy

_IDENTIFIER_WEIGHT = 12.0
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
_DIGITS = 4
_SPARE = 32
_HEAP_BYTES = 64 * 2**20
_BLANK = "\x00"


class TantivyIndex:
    """One passage a document; scores are deterministic because passages are added in order of id by one thread."""

    def __init__(self, folder: Path) -> None:
        """Open what ``build`` or ``change`` wrote, also where nothing may be written; raises IndexCorrupt."""
        self._folder = folder
        with _reading(folder):
            self._ids = [PassageId(intern(i)) for i in json.loads((folder / "ids.json").read_text("utf-8"))]
            self._counts = LexicalCounts.load(folder)
            self._schema = _schema()
            segments = folder / "segments"
            if not os.access(segments, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
                segments = _linked(segments)
                weakref.finalize(self, shutil.rmtree, segments, ignore_errors=True)
            self._searcher = _tantivy().Index(self._schema, path=str(segments)).searcher()
        self._ids += self._counts.more
        removed = self._counts.removed
        self._ordinals = {id_: n for n, id_ in enumerate(self._ids) if n not in removed}

    @staticmethod
    def build(folder: Path, passages: Iterable[tuple[Passage, Document]]) -> None:
        """Write an index of passages, with what their documents say of themselves, into a folder."""
        ordered = sorted(passages, key=lambda p: p[0].id)
        (folder / "segments").mkdir(parents=True, exist_ok=True)
        (folder / "ids.json").write_text(json.dumps([passage.id for passage, _ in ordered]), "utf-8")
        counts = LexicalCounts()
        with _reading(folder):
            _add(folder, counts, ordered)
        counts.save(folder)

    def change(
        self, folder: Path, *, removed: Collection[PassageId], added: Iterable[tuple[Passage, Document]]
    ) -> None:
        """Write the index as it is without some passages and with others into a new folder; the old one stays.

        Unchanged files are linked, not copied.
        """
        (folder / "segments").mkdir(parents=True, exist_ok=True)
        _link(self._folder / "ids.json", folder / "ids.json")
        for path in (self._folder / "segments").iterdir():
            if path.suffix != ".lock":
                _link(path, folder / "segments" / path.name)
        ordered = sorted(added, key=lambda p: p[0].id)
        with _reading(folder):
            counts = LexicalCounts.load(self._folder)
            for id_ in removed:
                if (place := self._ordinals.get(id_)) is not None:
                    counts.remove(place, self._fields_at(place))
            counts.more += [passage.id for passage, _ in ordered]
            _add(folder, counts, ordered, first=len(self._ids))
        counts.save(folder)

    def search(self, text: str, k: int, *, allowed: Collection[PassageId] | None = None) -> Sequence[Hit]:
        """The k best, ties by id; user text is never query syntax."""
        query = self._query(text)
        if query is None or not self._ordinals or k < 1:
            return []
        with _reading(self._folder):
            if allowed is None:
                found = self._alive(query, k + _SPARE)
            else:
                wanted = {self._ordinals[i] for i in allowed if i in self._ordinals}
                found = [hit for hit in self._found(query, len(self._ids)) if hit[1] in wanted]
        rounded = (-np.round(np.array([score for score, _ in found], np.float64), _DIGITS)).tolist()
        keyed = sorted((key, self._ids[ordinal]) for key, (_, ordinal) in zip(rounded, found, strict=True))
        return [Hit(id_, -key) for key, id_ in keyed[:k]]

    def rarity(self, text: str) -> Mapping[str, float]:
        """The inverse document frequency of each distinct search word of a text."""
        total = max(1, len(self))
        removed = self._counts.removed_words["body"]
        held = {w: self._searcher.doc_freq("body", w) - removed[w] for w in sorted(set(words(text)))}
        return {word: math.log1p(total / (0.5 + count)) for word, count in held.items()}

    def __len__(self) -> int:
        return len(self._ordinals)

    def _alive(self, query: "tantivy.Query", wanted: int) -> list[tuple[float, int]]:
        """The best that are not removed: more are asked for until that many are there."""
        limit = wanted
        while True:
            found = self._found(query, limit)
            alive = [hit for hit in found if hit[1] not in self._counts.removed]
            if len(found) < limit or len(alive) >= wanted:
                return alive[:wanted]
            limit *= 2

    def _found(self, query: "tantivy.Query", limit: int) -> list[tuple[float, int]]:
        """Scores and places."""
        found = self._searcher.search(query, limit=limit, count=False).hits
        ordinals = self._searcher.fast_field_values("ordinal", [address for _, address in found])
        return [(score, int(ordinal or 0)) for (score, _), ordinal in zip(found, ordinals, strict=True)]

    def _fields_at(self, place: int) -> dict[str, str]:
        """The fields of a passage, read back."""
        query = _tantivy().Query.term_query(self._schema, "ordinal", place)
        ((_, address),) = self._searcher.search(query, limit=1, count=False).hits
        kept = self._searcher.doc(address).to_dict()
        return with_pairs({name: " ".join(values) for name, values in kept.items() if name in FIELDS})

    def _query(self, text: str) -> "tantivy.Query | None":
        said = words(text)
        asked = [
            *((field, word) for word in sorted(set(said)) for field in ("body", "title", "authors", "journal")),
            *(("pairs", pair) for pair in sorted(set(pairs_of(said)))),
            *(("year", year) for year in sorted(set(_YEAR.findall(text)))),
            *(("ids", id_) for id_ in sorted(identifiers_in(text))),
        ]
        tv = _tantivy()
        clauses = [clause for field, word in asked if (clause := self._clause(field, word)) is not None]
        return tv.Query.boolean_query([(tv.Occur.Should, c) for c in clauses]) if clauses else None

    def _clause(self, field: str, word: str) -> "tantivy.Query | None":
        """A word of a field with its weight; None where no passage holds it."""
        boost = self._counts.boost(field, word, self._searcher.doc_freq(field, word))
        if not boost:
            return None
        query = _tantivy().Query.term_query(self._schema, field, word, "freq")
        boosted: tantivy.Query = _tantivy().Query.boost_query(
            query, boost * FIELD_WEIGHTS.get(field, _IDENTIFIER_WEIGHT)
        )
        return boosted


def _add(folder: Path, counts: LexicalCounts, passages: Iterable[tuple[Passage, Document]], *, first: int = 0) -> None:
    """Add passages, and the blanks that their index needs, in one commit."""
    fields = PassageFields()
    writer = _tantivy().Index(_schema(), path=str(folder / "segments")).writer(_HEAP_BYTES, 1)
    for ordinal, (passage, document) in enumerate(passages, first):
        said = with_pairs(fields.of(passage, document))
        counts.add(said)
        writer.add_document(_entry(said, ordinal))
    blanks, lengths = counts.blanks()
    for nth in range(blanks):
        writer.add_document(
            _entry({n: " ".join([_BLANK] * length) for n, length in lengths.items()} if not nth else {})
        )
    counts.entries += blanks
    counts.tokens.update(lengths)
    writer.commit()
    writer.wait_merging_threads()


def _entry(fields: Mapping[str, str], ordinal: int | None = None) -> "tantivy.Document":
    entry: tantivy.Document = _tantivy().Document()
    for field, value in fields.items():
        if value:
            entry.add_text(field, value)
    if ordinal is not None:
        entry.add_unsigned("ordinal", ordinal)
    return entry


def _linked(segments: Path) -> Path:
    """A folder of links to the files of an index, for tantivy locks what it opens."""
    links = Path(mkdtemp(prefix="jianxi-"))
    for path in segments.iterdir():
        if path.suffix != ".lock":
            (links / path.name).symlink_to(path.resolve())
    return links


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _reading(folder: Path) -> AbstractContextManager[None]:
    return reading(f"the lexical index in {folder}")


def _tantivy() -> Any:
    import tantivy

    return tantivy


def _schema() -> "tantivy.Schema":
    builder = _tantivy().SchemaBuilder()
    for field in FIELDS:
        builder.add_text_field(field, stored=field != "pairs", tokenizer_name="whitespace", index_option="freq")
    builder.add_unsigned_field("ordinal", stored=False, indexed=True, fast=True)
    schema: tantivy.Schema = builder.build()
    return schema
