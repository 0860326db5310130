"""A snapshot in memory: the indexes of one revision, made together and searched together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kg.domain import Document, DocumentId, Mention, Passage, PassageId
from models.protocols import Vectors
from retrieval.index.catalogue import Catalogue
from retrieval.index.passage_words import PassageWords
from retrieval.index.snapshots import Manifest
from retrieval.index.tantivy_index import TantivyIndex
from retrieval.protocols import DenseEngine, DenseIndex
from retrieval.sources.walk.graph import WalkGraph
from retrieval.sources.walk.names import WalkPassage


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The indexes of one revision."""

    manifest: Manifest
    dense: DenseIndex
    lexical: TantivyIndex
    walk: WalkGraph
    catalogue: Catalogue
    words: PassageWords | None = None
    """None where the snapshot was built before there were any."""


@dataclass(frozen=True, slots=True)
class Content:
    """The content of a snapshot: all documents and passages of the store with their mentions, in order of id."""

    documents: Sequence[Document]
    passages: Sequence[Passage]
    mentions: Mapping[PassageId, Sequence[Mention]]


def load_snapshot(folder: Path, manifest: Manifest, engine: DenseEngine) -> Snapshot:
    """Open the indexes in a folder; raises IndexCorrupt."""
    return Snapshot(
        manifest=manifest,
        dense=engine.load(folder / "dense"),
        lexical=TantivyIndex(folder / "lexical"),
        walk=WalkGraph.load(folder / "walk"),
        catalogue=Catalogue.load(folder / "catalogue.json"),
        words=PassageWords.load(folder / "words"),
    )


def write_indexes(folder: Path, content: Content, vectors: Vectors, engine: DenseEngine, name: str) -> int:
    """Build every index into an empty folder; returns the walk graph's number of edges.

    All is added in order of passage id, so that equal content gives equal indexes in any store.
    """
    documents: dict[DocumentId, Document] = {d.id: d for d in content.documents}
    described = [(p, documents[p.document_id]) for p in content.passages]
    engine.build(folder / "dense", [p.id for p in content.passages], vectors, snapshot=name)
    TantivyIndex.build(folder / "lexical", described)
    named = {id_: tuple(sorted({m.entity_id for m in found})) for id_, found in content.mentions.items()}
    walk = WalkGraph.build([WalkPassage(p.id, d.title, p.text, named.get(p.id, ())) for p, d in described])
    walk.save(folder / "walk")
    PassageWords.build(described).save(folder / "words")
    Catalogue.build(content.documents, content.passages).save(folder / "catalogue.json")
    return walk.edges
