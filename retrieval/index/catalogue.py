"""The passages and documents of a snapshot: their filters, identifiers and languages."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from sys import intern

from kg.domain import Document, DocumentId, Language, Passage, PassageId
from retrieval.domain import Filters
from retrieval.errors import reading


@dataclass(frozen=True, slots=True)
class CataloguedDocument:
    """What filters and identifiers need of a document."""

    source_id: str
    year: int | None
    passages: tuple[PassageId, ...]
    identifiers: Mapping[str, str] = field(default_factory=dict)


class Catalogue:
    """All documents of a snapshot, and the language of each passage."""

    def __init__(
        self, documents: Mapping[DocumentId, CataloguedDocument], languages: Mapping[PassageId, Language]
    ) -> None:
        self.documents = documents
        self.languages = languages

    @classmethod
    def build(cls, documents: Sequence[Document], passages: Sequence[Passage]) -> "Catalogue":
        """The catalogue of the store's content."""
        by_document: dict[DocumentId, list[PassageId]] = {}
        for passage in sorted(passages, key=lambda p: (p.document_id, p.ordinal)):
            by_document.setdefault(passage.document_id, []).append(passage.id)
        listed = {
            d.id: CataloguedDocument(d.source_id, d.year, tuple(by_document.get(d.id, ())), dict(d.identifiers))
            for d in sorted(documents, key=lambda d: d.id)
        }
        return cls(listed, {p.id: p.language for p in sorted(passages, key=lambda p: p.id)})

    def changed(self, removed: Collection[DocumentId], added: "Catalogue") -> "Catalogue":
        """This catalogue without some documents and with those of another."""
        documents = {**{id_: d for id_, d in self.documents.items() if id_ not in removed}, **added.documents}
        gone = {p for id_ in removed if id_ in self.documents for p in self.documents[id_].passages}
        languages = {id_: language for id_, language in self.languages.items() if id_ not in gone}
        return Catalogue(dict(sorted(documents.items())), {**languages, **added.languages})

    @classmethod
    def load(cls, path: Path) -> "Catalogue":
        """Read what ``save`` wrote; raises IndexCorrupt."""
        with reading(path):
            stored = json.loads(path.read_text("utf-8"))
            documents = {
                DocumentId(id_): CataloguedDocument(
                    source, year, tuple(PassageId(intern(p)) for p in passages), identifiers
                )
                for id_, (source, year, passages, identifiers) in stored["documents"].items()
            }
            return cls(documents, {PassageId(intern(id_)): language for id_, language in stored["languages"].items()})

    def save(self, path: Path) -> None:
        """Write as JSON."""
        stored = {
            "documents": {
                id_: [d.source_id, d.year, d.passages, dict(d.identifiers)] for id_, d in self.documents.items()
            },
            "languages": self.languages,
        }
        path.write_text(json.dumps(stored, ensure_ascii=False), "utf-8")

    @cached_property
    def language_shares(self) -> Mapping[Language, float]:
        """Share of the passages in each language."""
        counts = Counter(self.languages.values())
        return {language: count / len(self.languages) for language, count in counts.items()}

    @cached_property
    def by_identifier(self) -> Mapping[str, DocumentId]:
        """Documents by ``scheme:value``, lower-case: ``pmid:22987438``."""
        return {
            f"{scheme}:{value}".lower(): id_
            for id_, d in self.documents.items()
            for scheme, value in d.identifiers.items()
        }

    @cached_property
    def document_of(self) -> Mapping[str, DocumentId]:
        """The document of each passage."""
        return {passage: id_ for id_, d in self.documents.items() for passage in d.passages}

    def allowed(self, filters: Filters, naming: Collection[PassageId] | None) -> frozenset[PassageId] | None:
        """Passages that pass the filters, ``naming`` being those that name a wanted entity; None where all do."""
        asks = filters.document_ids or filters.language or naming is not None
        if not asks and filters.year_from is None and filters.year_to is None:
            return None
        wanted = set(filters.document_ids)
        return frozenset(
            passage
            for id_, document in self.documents.items()
            if (not wanted or id_ in wanted or document.source_id in wanted)
            and _within(document.year, filters.year_from, filters.year_to)
            for passage in document.passages
            if (filters.language is None or self.languages.get(passage) == filters.language)
            and (naming is None or passage in naming)
        )


def _within(year: int | None, first: int | None, last: int | None) -> bool:
    if first is None and last is None:
        return True
    return year is not None and (first is None or year >= first) and (last is None or year <= last)
