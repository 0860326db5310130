"""The Neo4j store: the knowledge on a server, for a laboratory."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Sequence
from typing import TypeVar

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
from kg.stores.neo4j import bulk_load, documents, graph, history, ledger, name_search, records, revisions, undo
from kg.stores.neo4j.connection import Connection, Transaction
from kg.stores.neo4j.revisions import LeftOver
from kg.stores.neo4j.schema import make_schema
from kg.stores.neo4j.unfinished import recover
from kg.stores.neo4j.vocabulary import Vocabulary

_NAMED_BATCH = 5000
T = TypeVar("T")


class Neo4jStore:
    """Library, Graph and Ledger in the one database of a Neo4j 5.26 server, Community or larger.

    ``domain_types`` and ``predicates`` are the ontology's; they are the only labels and relationship types that are
    written. Writers of all processes take turns; reads never wait. Change sets are checked against the ``ontology``.
    """

    def __init__(
        self,
        uri: str,
        user: str,
        password: str,
        *,
        domain_types: Collection[str],
        predicates: Collection[str],
        ontology: Ontology | None = None,
    ) -> None:
        self._ontology = ontology
        self._server = Connection(uri, user, password)
        self._vocabulary = Vocabulary(domain_types, predicates)

    async def open(self) -> None:
        """Connect, create the schema, finish or roll back an interrupted revision; raises StoreUnavailable."""
        await self._server.open()
        try:
            await make_schema(self._server, self._vocabulary)
            await records.fill(self._server)
            await self._settle()
        except BaseException:
            await self._server.close()
            raise

    async def close(self) -> None:
        """Close the connections; the store may be opened again."""
        await self._server.close()

    async def put(self, documents: Sequence[ParsedDocument], *, author: str, reason: str) -> Revision:
        """Store documents; existing ones are kept as they are, and the head is returned if all exist."""
        return await self._write(lambda tx: ledger.put(tx, documents, RevisionHeader("put", author, reason)))

    async def remove(self, ids: Sequence[DocumentId], *, author: str, reason: str) -> Revision:
        """Take documents back with all that only they supported; raises NotFound."""
        return await self._write(
            lambda tx: ledger.remove(tx, self._vocabulary, ids, RevisionHeader("remove", author, reason))
        )

    async def documents(self, ids: Sequence[DocumentId]) -> Sequence[Document]:
        """The existing ones of the ids, in the given order."""
        return await self._server.read(lambda tx: documents.documents(tx, ids))

    async def list_documents(self, *, after: DocumentId | None = None, limit: int = 100) -> Sequence[Document]:
        """A page of documents ordered by id."""
        return await self._server.read(lambda tx: documents.list_documents(tx, after, limit))

    async def records(
        self,
        wanted: RecordFilter,
        *,
        order: RecordOrder = RecordOrder.ID,
        limit: int = 100,
        offset: int = 0,
    ) -> RecordPage:
        """A page of the records that fit, and how many fit."""
        return await self._server.read(lambda tx: records.records(tx, wanted, order, limit, offset))

    async def record_counts(
        self, field: RecordField, wanted: RecordFilter, *, limit: int = 20
    ) -> Sequence[RecordCount]:
        """The most frequent values of a field among the records that fit, then by value."""
        return await self._server.read(lambda tx: records.counts(tx, field, wanted, limit))

    async def record_names(self, words: Sequence[str]) -> RecordNames:
        """Authors and journals whose names hold any of the words (see ``record_words``)."""
        return await self._server.read(lambda tx: records.names(tx, words))

    async def similar_titles(self, words: Sequence[str], *, limit: int = 20) -> Sequence[Document]:
        """Documents whose titles share words, those that share the rarest and most words first."""
        return await self._server.read(lambda tx: records.similar_titles(tx, words, limit))

    async def passages(self, ids: Sequence[PassageId]) -> Sequence[Passage]:
        """The existing ones of the ids, in the given order."""
        return await self._server.read(lambda tx: documents.passages(tx, ids))

    async def content(self, ids: Sequence[DocumentId]) -> Sequence[tuple[Sequence[Block], Sequence[Passage]]]:
        """Blocks and passages of each document, in order; raises NotFound."""
        return await self._server.read(lambda tx: documents.content(tx, ids))

    async def mentions(self, passage_ids: Sequence[PassageId]) -> Sequence[Mention]:
        """Mentions in the passages, ordered by passage and start."""
        return await self._server.read(lambda tx: documents.mentions(tx, passage_ids))

    async def passages_naming(self, entity_ids: Sequence[EntityId], *, limit: int = 200) -> Sequence[PassageId]:
        """Passages that mention any of the entities, those that mention most of them first, then by id."""
        return await self._server.read(lambda tx: documents.passages_naming(tx, entity_ids, limit))

    async def replace_mentions(self, passage_ids: Sequence[PassageId], mentions: Sequence[Mention]) -> None:
        """Set the mentions of the passages (derived data: no revision)."""

        async def work(tx: Transaction) -> None:
            await revisions.lock(tx)
            await documents.replace_mentions(tx, passage_ids, mentions)

        await self._write(work)

    async def entities(self, ids: Sequence[EntityId]) -> Sequence[Entity]:
        """The existing ones of the ids, in the given order, without retracted ones."""
        return await self._server.read(lambda tx: graph.entities(tx, ids))

    async def named(self) -> AsyncIterator[Sequence[NamedEntity]]:
        """All entities for the dictionary, in batches ordered by id."""
        after = EntityId("")
        while batch := await self._named_after(after):
            yield batch
            after = batch[-1].id

    async def find(self, text: str, *, type_: str | None = None, limit: int = 20) -> Sequence[Entity]:
        """Entities by id, exact normalised name, then by words or part of a name (Chinese included), best first."""
        return await self._server.read(lambda tx: name_search.find(tx, text, type_, limit))

    async def relations(
        self,
        ids: Sequence[EntityId],
        *,
        predicates: Sequence[str] = (),
        direction: Direction = "both",
        limit: int = 1000,
    ) -> Sequence[Relation]:
        """Relations at any of the entities, ordered by id; the first ``limit`` an entity."""
        return await self._server.read(
            lambda tx: graph.relations(tx, self._vocabulary, ids, predicates, direction, limit)
        )

    async def neighbourhood(self, id_: EntityId, *, hops: int = 1, limit: int = 200) -> Subgraph:
        """Entities within ``hops`` (1 or 2) and the relations walked; raises NotFound."""
        return await self._server.read(lambda tx: graph.neighbourhood(tx, self._vocabulary, id_, hops, limit))

    async def paths(self, a: EntityId, b: EntityId, *, max_hops: int = 4, limit: int = 10) -> Sequence[Subgraph]:
        """Shortest paths between two entities, each in walking order; raises NotFound."""
        return await self._server.read(lambda tx: graph.paths(tx, self._vocabulary, a, b, max_hops, limit))

    async def stats(self) -> GraphStats:
        """Counts."""
        return await self._server.read(lambda tx: graph.stats(tx, self._vocabulary))

    async def head(self) -> Revision:
        """The latest revision, 0 at first."""
        return await self._server.read(revisions.head)

    async def apply(self, change_set: ChangeSet) -> Revision:
        """Apply in one transaction; raises VersionConflict, InvalidChange, NotFound."""
        return await self._write(lambda tx: ledger.apply(tx, self._vocabulary, change_set, self._ontology))

    async def load(
        self,
        entities: Iterable[Sequence[Entity]],
        relations: Iterable[Sequence[Relation]],
        *,
        author: str,
        reason: str,
    ) -> Revision:
        """Add or replace in bulk as one revision; returns the head if nothing differs.

        The batches are drawn one at a time, entities first; raises InvalidChange for a relation without ends.
        """
        header = RevisionHeader("load", author, reason)
        return await self._settled(lambda: bulk_load.load(self._server, self._vocabulary, entities, relations, header))

    async def undo(self, revision: Revision, *, author: str, reason: str) -> Revision:
        """Take a revision back as a new one; raises NotFound, VersionConflict where later revisions differ."""
        return await self._settled(lambda: undo.undo(self._server, self._vocabulary, revision, author, reason))

    async def revisions(self, *, after: Revision = Revision(0), limit: int = 100) -> Sequence[RevisionRecord]:  # noqa: B008
        """Revisions in order."""
        return await self._server.read(lambda tx: revisions.revisions(tx, after, limit))

    async def history(self, id_: str) -> Sequence[HistoryEntry]:
        """States of an entity or relation, oldest first; raises NotFound."""
        return await self._server.read(lambda tx: history.history(tx, self._vocabulary, id_))

    async def delta(self, since: Revision) -> DocumentDelta:
        """What changed since a revision, for the indexes."""
        return await self._server.read(lambda tx: revisions.delta(tx, since))

    async def _named_after(self, after: EntityId) -> Sequence[NamedEntity]:
        return await self._server.read(lambda tx: graph.named(tx, after, _NAMED_BATCH))

    async def _write(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        return await self._settled(lambda: self._server.write(work))

    async def _settled(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do a write; an interrupted one is finished or rolled back first."""
        try:
            return await work()
        except LeftOver:
            await recover(self._server, self._vocabulary)
            return await work()

    async def _settle(self) -> None:
        """Finish or roll back an interrupted revision, unless another process still works on it."""
        left = await self._server.fetch(
            "MATCH (u:Unfinished) WHERE u.begun IS NOT NULL OR u.ending IS NOT NULL RETURN u"
        )
        if left and await self._server.free():
            await recover(self._server, self._vocabulary)
