"""The seams of the knowledge: four small protocols that a store implements together, and the document parser."""

from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from kg.domain import (
    Block,
    Document,
    DocumentDelta,
    DocumentId,
    Entity,
    EntityId,
    GraphStats,
    Mention,
    Name,
    ParsedDocument,
    Passage,
    PassageId,
    Relation,
    Revision,
    RevisionRecord,
    Subgraph,
)
from kg.ledger.changes import ChangeSet, HistoryEntry
from kg.records import RecordCount, RecordField, RecordFilter, RecordNames, RecordOrder, RecordPage

Direction = Literal["out", "in", "both"]
FIRST = Revision(0)
"""Before anything was written."""


@dataclass(frozen=True, slots=True)
class NamedEntity:
    """The part of an entity that the dictionary needs."""

    id: EntityId
    type: str
    names: tuple[Name, ...]


class Library(Protocol):
    """Documents and passages. Every write is one transaction and one revision."""

    async def put(
        self, documents: Sequence[ParsedDocument], *, author: str, reason: str, replacing: Sequence[DocumentId] = ()
    ) -> Revision:
        """Store documents with blocks, passages and mentions; one already there (same id) is left as it is.

        Returns UNCHANGED where nothing is written. Those of ``replacing`` that are there are removed in the same
        revision, as ``remove`` does; its undo brings them back.
        """

    async def remove(self, ids: Sequence[DocumentId], *, author: str, reason: str) -> Revision:
        """Take documents back with all that only they supported; raises NotFound."""

    async def purge(self, ids: Sequence[DocumentId], *, author: str, reason: str) -> Revision:
        """Take documents back for ever: what is kept of them for an undo is erased, and their quotes in the history.

        Those that were removed before are erased too. UNCHANGED where nothing is left of them; raises NotFound for one
        that never was there.
        """

    async def documents(self, ids: Sequence[DocumentId]) -> Sequence[Document]:
        """The existing ones of the ids, in the given order."""

    async def list_documents(self, *, after: DocumentId | None = None, limit: int = 100) -> Sequence[Document]:
        """A page of documents ordered by id."""

    async def passages(self, ids: Sequence[PassageId]) -> Sequence[Passage]:
        """The existing ones of the ids, in the given order."""

    async def content(self, ids: Sequence[DocumentId]) -> Sequence[tuple[Sequence[Block], Sequence[Passage]]]:
        """Blocks and passages of each document, in order; raises NotFound."""

    async def mentions(self, passage_ids: Sequence[PassageId]) -> Sequence[Mention]:
        """Mentions in the passages, ordered by passage and start."""

    async def passages_naming(self, entity_ids: Sequence[EntityId], *, limit: int = 200) -> Sequence[PassageId]:
        """Passages that mention any of the entities, those that mention most of them first."""

    async def replace_mentions(self, passage_ids: Sequence[PassageId], mentions: Sequence[Mention]) -> None:
        """Set the mentions of the passages (derived data: no revision)."""


class Records(Protocol):
    """Reading the bibliographic records of the documents, without their texts."""

    async def records(
        self,
        wanted: RecordFilter,
        *,
        order: RecordOrder = RecordOrder.ID,
        limit: int = 100,
        offset: int = 0,
    ) -> RecordPage:
        """A page of the records that fit, and how many fit."""

    async def record_counts(
        self, field: RecordField, wanted: RecordFilter, *, limit: int = 20
    ) -> Sequence[RecordCount]:
        """The most frequent values of a field among the records that fit, then by value."""

    async def record_names(self, words: Sequence[str]) -> RecordNames:
        """Authors and journals whose names hold any of the words (see ``record_words``)."""

    async def similar_titles(self, words: Sequence[str], *, limit: int = 20) -> Sequence[Document]:
        """Documents whose titles share words, those that share the rarest and most words first."""


class Graph(Protocol):
    """Reading entities and relations."""

    async def entities(self, ids: Sequence[EntityId]) -> Sequence[Entity]:
        """The existing ones of the ids, in the given order, without retracted ones."""

    def named(self) -> AsyncIterator[Sequence[NamedEntity]]:
        """All entities for the dictionary, in batches ordered by id: ``async for batch in graph.named()``."""

    async def find(self, text: str, *, type_: str | None = None, limit: int = 20) -> Sequence[Entity]:
        """Entities by id, exact name, then by words or part of a name (Chinese included), in any spelling, best first.

        Spellings differ in hyphens, blanks and tones (``kg.names.look_up``).
        """

    async def relations(
        self,
        ids: Sequence[EntityId],
        *,
        predicates: Sequence[str] = (),
        direction: Direction = "both",
        limit: int = 1000,
    ) -> Sequence[Relation]:
        """Relations at any of the entities, ordered by id; at most ``limit`` an entity."""

    async def neighbourhood(self, id_: EntityId, *, hops: int = 1, limit: int = 200) -> Subgraph:
        """Entities within ``hops`` (1 or 2) and the relations walked; raises NotFound."""

    async def paths(self, a: EntityId, b: EntityId, *, max_hops: int = 4, limit: int = 10) -> Sequence[Subgraph]:
        """Shortest paths between two entities, each in walking order; raises NotFound."""

    async def stats(self) -> GraphStats:
        """Counts."""


class Ledger(Protocol):
    """Applying changes, and looking back. ``apply``, ``load`` and ``undo`` are all or nothing."""

    async def head(self) -> Revision:
        """The latest revision, 0 at first."""

    async def apply(self, change_set: ChangeSet) -> Revision:
        """Apply in one transaction; UNCHANGED where nothing differs.

        Raises VersionConflict, InvalidChange, NotFound.
        """

    async def load(
        self,
        entities: Iterable[Sequence[Entity]],
        relations: Iterable[Sequence[Relation]],
        *,
        author: str,
        reason: str,
    ) -> Revision:
        """Add or replace in bulk, in batches, as one revision; equal ones are kept as they are.

        UNCHANGED where nothing differs. Entities and relations have been checked by the caller. Its undo removes what
        it brought. After a crash in the middle nothing of it is seen.
        """

    async def undo(self, revision: Revision, *, author: str, reason: str) -> Revision:
        """Take a revision back as a new one.

        Of what it removed, documents that were purged since stay away, with the evidence in them. Raises
        VersionConflict where later revisions changed the same things, and Purged where all that it removed were purged.
        """

    async def revisions(self, *, after: Revision = FIRST, limit: int = 100) -> Sequence[RevisionRecord]:
        """Revisions in order."""

    async def history(self, id_: str) -> Sequence[HistoryEntry]:
        """States of an entity or relation, oldest first; raises NotFound."""

    async def delta(self, since: Revision) -> DocumentDelta:
        """What changed since a revision, for the indexes."""


class Store(Library, Records, Graph, Ledger, Protocol):
    """The one truth."""

    async def open(self) -> None:
        """Connect, create or migrate the schema, complete an interrupted revision; raises StoreUnavailable."""

    async def close(self) -> None:
        """Close connections."""


@dataclass(frozen=True, slots=True)
class ParseLimits:
    """What one file may cost and become; over it the file is refused. ``blocks`` are those of one document.

    Processor time: ``computing_s``, so that a small file is decided within 5 s, and ``computing_s_per_mb`` of its size;
    a PDF has ``computing_s_per_page`` of its pages where that is more. OCR is not counted.

    Time: ``timeout_s`` for a file, and anew for each page that OCR has read, up to ``scan_s`` in all. OCR gives a page
    up after half of ``timeout_s`` and goes on with the next one.
    """

    size_bytes: int = 200 * 2**20
    pages: int = 2000
    memory_bytes: int = 2**30
    ocr_memory_bytes: int = 3 * 2**29
    timeout_s: float = 300.0
    scan_s: float = 7200.0
    computing_s: float = 4.0
    computing_s_per_mb: float = 10.0
    computing_s_per_page: float = 0.25
    blocks: int = 100_000
    characters: int = 64_000_000
    passages: int = 500_000


@dataclass(frozen=True, slots=True)
class RecordProblem:
    """A record of a many-record file that could not be read; the others go in."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class ParseResult:
    """The result of parsing one file: one document, or many records and the broken ones.

    ``passages`` are those of each document once they are cut. ``warnings`` appear in the summary (a page that OCR
    could not read, for example).
    """

    documents: tuple[tuple[Document, tuple[Block, ...]], ...]
    problems: tuple[RecordProblem, ...] = ()
    warnings: tuple[str, ...] = ()
    passages: tuple[tuple[Passage, ...], ...] = ()


class DocumentParser(Protocol):
    """Reads files of some formats. Pure: same bytes, same result; runs in a child process."""

    @property
    def identity(self) -> str:
        """Name and version, kept with each document."""

    def reads(self, path: Path, head: bytes) -> bool:
        """Whether this parser is for the file, judged by name and first bytes."""

    def parse(self, path: Path, limits: ParseLimits) -> ParseResult:
        """Parse; raises UnreadableDocument."""
