"""The use case of deletion: documents leave the store, the indexes and the kept files."""

import asyncio
from collections.abc import Sequence

from app.errors import InvalidRequest
from app.ingestion.files import FileStore
from kg.domain import Document, DocumentId, Revision
from kg.errors import NotFound
from kg.protocols import Store
from kg.records import RecordFilter, identifier_key
from retrieval.index.builder import Indexes

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
