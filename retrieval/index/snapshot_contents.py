"""A snapshot in memory: the indexes of one revision, made together and searched together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kg.domain import Document, DocumentId, Mention, Passage, PassageId
from models.protocols import Vectors
from retrieval.index.catalogue import Catalogue
from retrieval.index.dense_layers import DenseLayer, LayeredDense
from retrieval.index.passage_words import PassageWords
from retrieval.index.snapshot_changes import Changes, places_in_order
from retrieval.index.snapshots import Manifest
from retrieval.index.tantivy_index import TantivyIndex
from retrieval.protocols import DenseEngine, DenseIndex
from retrieval.sources.walk.graph import WalkGraph
from retrieval.sources.walk.names import WalkPassage
from retrieval.sources.walk.newcomers import newcomers


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The indexes of one revision."""

    manifest: Manifest
    dense: DenseIndex
    lexical: TantivyIndex
    walk: WalkGraph
    catalogue: Catalogue
    words: PassageWords


@dataclass(frozen=True, slots=True)
class Content:
    """Documents and passages of the store with their mentions, in order of id."""

    documents: Sequence[Document]
    passages: Sequence[Passage]
    mentions: Mapping[PassageId, Sequence[Mention]]

    def described(self) -> list[tuple[Passage, Document]]:
        """Passages with their documents."""
        documents = {d.id: d for d in self.documents}
        return [(p, documents[p.document_id]) for p in self.passages]

    def walked(self) -> list[WalkPassage]:
        """What the walk needs of the passages."""
        named = {id_: tuple(sorted({m.entity_id for m in found})) for id_, found in self.mentions.items()}
        return [WalkPassage(p.id, d.title, p.text, named.get(p.id, ())) for p, d in self.described()]


@dataclass(frozen=True, slots=True)
class Lineage:
    """A whole snapshot with what came after it; ``shown`` is the snapshot that all of them make."""

    whole: Snapshot
    layers: Sequence[DenseLayer]
    changes: Changes | None
    shown: Snapshot
    depth: int = 0
    """How many snapshots came after the whole one."""

    @property
    def names(self) -> frozenset[str]:
        """Snapshots whose files were checked."""
        return frozenset({self.whole.manifest.name, self.shown.manifest.name})

    def undone(self) -> "Lineage":
        """The whole snapshot alone."""
        return Lineage(self.whole, [DenseLayer(self.whole.dense)], None, self.whole)


def load_whole(folder: Path, manifest: Manifest, engine: DenseEngine) -> Lineage:
    """Open the indexes of a whole snapshot; raises IndexCorrupt."""
    whole = Snapshot(
        manifest=manifest,
        dense=engine.load(folder / "dense"),
        lexical=TantivyIndex(folder / "lexical"),
        walk=WalkGraph.load(folder / "walk"),
        catalogue=Catalogue.load(folder / "catalogue.json"),
        words=PassageWords.load(folder / "words"),
    )
    return Lineage(whole, [DenseLayer(whole.dense)], None, whole)


def load_changed(steps: Sequence[tuple[Path, Manifest]], before: Lineage, engine: DenseEngine) -> Lineage:
    """Open snapshots that change another, each the one before; raises IndexCorrupt."""
    layers, changes = list(before.layers), before.changes
    for folder, _ in steps:
        later = Changes.load(folder)
        layers = [layer.without(later.gone) for layer in layers] + [DenseLayer(engine.load(folder / "dense"))]
        changes = changes.then(later) if changes else later
    if changes is None or not steps:
        return before
    folder, manifest = steps[-1]
    whole = before.whole
    rows = places_in_order(whole.walk.ids, changes.gone, [w.id for w in changes.walk])
    shown = replace(
        whole,
        manifest=manifest,
        dense=LayeredDense(layers, manifest.passages),
        lexical=TantivyIndex(folder / "lexical"),
        walk=whole.walk.changed(rows, changes.walk),
        catalogue=whole.catalogue.changed(changes.removed.keys(), changes.added),
        words=whole.words.changed(rows, changes.words),
    )
    return Lineage(whole, layers, changes, shown, before.depth + len(steps))


def write_whole(folder: Path, content: Content, vectors: Vectors, engine: DenseEngine, name: str) -> int:
    """Build every index into an empty folder; returns the walk graph's number of edges.

    All is added in order of passage id, so that equal content gives equal indexes in any store.
    """
    described = content.described()
    engine.build(folder / "dense", [p.id for p in content.passages], vectors, snapshot=name)
    TantivyIndex.build(folder / "lexical", described)
    walk = WalkGraph.build(content.walked())
    walk.save(folder / "walk")
    PassageWords.build(described).save(folder / "words")
    Catalogue.build(content.documents, content.passages).save(folder / "catalogue.json")
    return walk.edges


def write_changed(
    folder: Path,
    before: Snapshot,
    removed: Sequence[DocumentId],
    content: Content,
    vectors: Vectors,
    engine: DenseEngine,
    name: str,
) -> Changes:
    """Write what changes a snapshot into an empty folder: documents that go, and ``content`` that comes."""
    gone = {id_: before.catalogue.documents[id_].passages for id_ in removed if id_ in before.catalogue.documents}
    described = content.described()
    changes = Changes(
        gone,
        Catalogue.build(content.documents, content.passages),
        PassageWords.build(described),
        newcomers(content.walked(), before.walk.gazetteer),
    )
    changes.save(folder)
    engine.build(folder / "dense", [p.id for p in content.passages], vectors, snapshot=name)
    before.lexical.change(folder / "lexical", removed=changes.gone, added=described)
    return changes
