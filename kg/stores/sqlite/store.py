"""The SQLite store: the knowledge in one file, for one machine, shared by processes."""

from collections.abc import AsyncIterator, Iterable, Sequence
from pathlib import Path

from kg.domain import (
    Block,
    Document,
    DocumentDelta,
    DocumentId,
    Entity,
    EntityId,
    GraphStats,
    Mention,
    ParsedDocument,
    Passage,
    PassageId,
    Relation,
    Revision,
    RevisionRecord,
    Subgraph,
)
from kg.ledger.changes import ChangeSet, HistoryEntry, RevisionHeader
from kg.ontology import Ontology
from kg.protocols import Direction, NamedEntity
from kg.records import RecordCount, RecordField, RecordFilter, RecordNames, RecordOrder, RecordPage
from kg.stores.sqlite import bulk_load, graph, ledger, library, records, revisions, undo
from kg.stores.sqlite.connections import Connections

_NAMED_BATCH = 5000


class SqliteStore:
    """Library, Graph and Ledger in one SQLite file in WAL mode.

    Reads see one snapshot each and never wait for writes. ``busy_timeout_s`` is how long a write waits for another
    process before it raises StoreLocked. Change sets are checked against the ``ontology``.
    """

    def __init__(self, path: Path, *, ontology: Ontology | None = None, busy_timeout_s: float = 30.0) -> None:
        self._file = Connections(path, busy_timeout_s=busy_timeout_s)
        self._ontology = ontology

    async def open(self) -> None:
        """Make the file and its schema; raises StoreUnavailable, StoreLocked, StorageFull."""
        await self._file.open()

    async def close(self) -> None:
        """Close every connection; the store may be opened again."""
        await self._file.close()

    async def put(self, documents: Sequence[ParsedDocument], *, author: str, reason: str) -> Revision:
        """Store documents; existing ones are kept as they are, and the head is returned if all exist."""
        return await self._file.write(library.put, documents, RevisionHeader("put", author, reason))

    async def remove(self, ids: Sequence[DocumentId], *, author: str, reason: str) -> Revision:
        """Take documents back with all that only they supported; raises NotFound."""
        return await self._file.write(library.remove, ids, RevisionHeader("remove", author, reason))

    async def documents(self, ids: Sequence[DocumentId]) -> Sequence[Document]:
        """The existing ones of the ids, in the given order."""
        return await self._file.read(library.documents, ids)

    async def list_documents(self, *, after: DocumentId | None = None, limit: int = 100) -> Sequence[Document]:
        """A page of documents ordered by id."""
        return await self._file.read(library.list_documents, after, limit)

    async def records(
        self,
        wanted: RecordFilter,
        *,
        order: RecordOrder = RecordOrder.ID,
        limit: int = 100,
        offset: int = 0,
    ) -> RecordPage:
        """A page of the records that fit, and how many fit."""
        return await self._file.read(records.records, wanted, order, limit, offset)

    async def record_counts(
        self, field: RecordField, wanted: RecordFilter, *, limit: int = 20
    ) -> Sequence[RecordCount]:
        """The most frequent values of a field among the records that fit, then by value."""
        return await self._file.read(records.counts, field, wanted, limit)

    async def record_names(self, words: Sequence[str]) -> RecordNames:
        """Authors and journals whose names hold any of the words (see ``record_words``)."""
        return await self._file.read(records.names, words)

    async def similar_titles(self, words: Sequence[str], *, limit: int = 20) -> Sequence[Document]:
        """Documents whose titles share words, those that share the rarest and most words first."""
        return await self._file.read(records.similar_titles, words, limit)

    async def passages(self, ids: Sequence[PassageId]) -> Sequence[Passage]:
        """The existing ones of the ids, in the given order."""
        return await self._file.read(library.passages, ids)

    async def content(self, ids: Sequence[DocumentId]) -> Sequence[tuple[Sequence[Block], Sequence[Passage]]]:
        """Blocks and passages of each document, in order; raises NotFound."""
        return await self._file.read(library.content, ids)

    async def mentions(self, passage_ids: Sequence[PassageId]) -> Sequence[Mention]:
        """Mentions in the passages, ordered by passage and start."""
        return await self._file.read(library.mentions, passage_ids)

    async def passages_naming(self, entity_ids: Sequence[EntityId], *, limit: int = 200) -> Sequence[PassageId]:
        """Passages that mention any of the entities, those that mention most of them first, then by id."""
        return await self._file.read(library.passages_naming, entity_ids, limit)

    async def replace_mentions(self, passage_ids: Sequence[PassageId], mentions: Sequence[Mention]) -> None:
        """Set the mentions of the passages (derived data: no revision)."""
        await self._file.write(library.replace_mentions, passage_ids, mentions)

    async def entities(self, ids: Sequence[EntityId]) -> Sequence[Entity]:
        """The existing ones of the ids, in the given order, without retracted ones."""
        return await self._file.read(graph.entities, ids)

    async def named(self) -> AsyncIterator[Sequence[NamedEntity]]:
        """All entities for the dictionary, in batches ordered by id."""
        after = EntityId("")
        while batch := await self._file.read(graph.named, after, _NAMED_BATCH):
            yield batch
            after = batch[-1].id

    async def find(self, text: str, *, type_: str | None = None, limit: int = 20) -> Sequence[Entity]:
        """Entities by id, exact normalised name, then by words or part of a name (Chinese included), best first."""
        return await self._file.read(graph.find, text, type_, limit)

    async def relations(
        self,
        ids: Sequence[EntityId],
        *,
        predicates: Sequence[str] = (),
        direction: Direction = "both",
        limit: int = 1000,
    ) -> Sequence[Relation]:
        """Relations at any of the entities, ordered by id; the first ``limit`` an entity."""
        return await self._file.read(graph.relations, ids, predicates, direction, limit)

    async def neighbourhood(self, id_: EntityId, *, hops: int = 1, limit: int = 200) -> Subgraph:
        """Entities within ``hops`` (1 or 2) and the relations walked; raises NotFound."""
        return await self._file.read(graph.neighbourhood, id_, hops, limit)

    async def paths(self, a: EntityId, b: EntityId, *, max_hops: int = 4, limit: int = 10) -> Sequence[Subgraph]:
        """Shortest paths between two entities, each in walking order; raises NotFound."""
        return await self._file.read(graph.paths, a, b, max_hops, limit)

    async def stats(self) -> GraphStats:
        """Counts."""
        return await self._file.read(graph.stats)

    async def head(self) -> Revision:
        """The latest revision, 0 at first."""
        return await self._file.read(revisions.head)

    async def apply(self, change_set: ChangeSet) -> Revision:
        """Apply in one transaction; raises VersionConflict, InvalidChange, NotFound."""
        return await self._file.write(ledger.apply, change_set, self._ontology)

    async def load(
        self,
        entities: Iterable[Sequence[Entity]],
        relations: Iterable[Sequence[Relation]],
        *,
        author: str,
        reason: str,
    ) -> Revision:
        """Add or replace in bulk as one revision; returns the head if nothing differs.

        The batches are drawn in the writing thread, entities first; raises InvalidChange for a relation without ends.
        """
        return await self._file.write(bulk_load.load, entities, relations, RevisionHeader("load", author, reason))

    async def undo(self, revision: Revision, *, author: str, reason: str) -> Revision:
        """Take a revision back as a new one; raises NotFound, VersionConflict where later revisions differ."""
        return await self._file.write(undo.undo, revision, author, reason)

    async def revisions(self, *, after: Revision = Revision(0), limit: int = 100) -> Sequence[RevisionRecord]:  # noqa: B008
        """Revisions in order."""
        return await self._file.read(revisions.revisions, after, limit)

    async def history(self, id_: str) -> Sequence[HistoryEntry]:
        """States of an entity or relation, oldest first; raises NotFound."""
        return await self._file.read(ledger.history, id_)

    async def delta(self, since: Revision) -> DocumentDelta:
        """What changed since a revision, for the indexes."""
        return await self._file.read(revisions.delta, since)
