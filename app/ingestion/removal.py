"""The use case of deletion: documents leave the store, the indexes and the kept files, and everything for ever."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from app.answering.runs.gone import forgetting
from app.errors import InvalidRequest
from app.ingestion.files import FileStore
from app.ingestion.inbox import Inbox
from app.state.runs import Runs
from kg.domain import Document, DocumentId, Revision
from kg.errors import NotFound
from kg.protocols import Store
from kg.records import RecordFilter, identifier_key
from retrieval.index.builder import Indexes

_log = logging.getLogger(__name__)
_BATCH = 1000


async def document_named(store: Store, name: str) -> Document:
    """The document with this id, else the one with this source id or other identifier.

    Raises NotFound, and InvalidRequest where several have it.
    """
    for document in await store.documents([DocumentId(name)]):
        return document
    found = (await store.records(RecordFilter(identifier=name), limit=20)).documents
    of_source = [d for d in found if identifier_key(d.source_id) == identifier_key(name)]
    many = of_source or list(found)
    if not many:
        raise NotFound("document", name)
    if len(many) > 1:
        listed = ", ".join(f"{d.id} ({d.title})" for d in many)
        raise InvalidRequest("ambiguous", f"several documents are called {name!r}: {listed}; name one by its id")
    return many[0]


async def delete_documents(
    store: Store, indexes: Indexes, files: FileStore, names: Sequence[str], *, author: str, reason: str
) -> tuple[list[DocumentId], Revision]:
    """Delete documents by id or source id, and the bytes of files of which no document is left; raises NotFound."""
    ids = list(dict.fromkeys([(await document_named(store, name)).id for name in names]))
    revision = await store.remove(ids, author=author, reason=reason)
    noted = await asyncio.to_thread(files.all_noted)
    wanted = list(dict.fromkeys(DocumentId(id_) for many in noted.values() for id_ in many))
    there: set[str] = set()
    for at in range(0, len(wanted), _BATCH):
        there.update(d.id for d in await store.documents(wanted[at : at + _BATCH]))
    for digest, many in noted.items():
        if there.isdisjoint(many):
            await asyncio.to_thread(files.discard, digest)
    await indexes.catch_up()
    return ids, revision


@dataclass(frozen=True, slots=True)
class Purge:
    """What was purged; ``revision`` is UNCHANGED where the store held nothing of it any more.

    ``answers`` counts the stored answers that lost words.
    """

    ids: list[DocumentId]
    revision: Revision
    answers: int


@dataclass(frozen=True, slots=True)
class Purger:
    """Erases documents, and everything that was made of them, for ever."""

    store: Store
    indexes: Indexes
    files: FileStore
    inbox: Inbox
    runs: Runs

    async def purge(self, names: Sequence[str], *, author: str, reason: str) -> Purge:
        """Purge documents by id or source id, and those that were deleted before, by id; raises NotFound.

        The bytes of a file go even where other documents of it stay. What is interrupted is completed by doing it
        again by its id, which is logged before.
        """
        ids = list(dict.fromkeys([await self._id_of(name) for name in names]))
        whole = {document.content_hash for document in await self.store.documents(ids)}
        _log.warning("purging %s; if this is interrupted, purge it by this id again", ", ".join(ids))
        revision = await self.store.purge(ids, author=author, reason=reason)
        noted = await asyncio.to_thread(self.files.all_noted)
        digests = whole | {digest for digest, many in noted.items() if not set(ids).isdisjoint(many)}
        await asyncio.to_thread(self.inbox.discard, digests)
        for digest in sorted(digests):
            await asyncio.to_thread(self.files.discard, digest)
        answers = await self.runs.rewrite(forgetting(ids))
        await self.indexes.erase_removed()
        return Purge(ids, revision, answers)

    async def _id_of(self, name: str) -> DocumentId:
        try:
            return (await document_named(self.store, name)).id
        except NotFound:
            return DocumentId(name)
