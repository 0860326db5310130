"""The SQLite store: the knowledge in one file, for one machine, shared by processes."""

from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from functools import wraps
from pathlib import Path
from sqlite3 import Connection
from typing import Any, Concatenate, ParamSpec, TypeVar

from kg.domain import DocumentId, EntityId, Revision
from kg.ledger.changes import ChangeSet
from kg.ontology import Ontology
from kg.protocols import NamedEntity
from kg.stores.sqlite import bulk_load, graph, ledger, library, purge, records, revisions, undo
from kg.stores.sqlite.connections import Connections

P = ParamSpec("P")
T = TypeVar("T")
_Work = Callable[Concatenate[Connection, P], T]
_Method = Callable[Concatenate["SqliteStore", P], Coroutine[Any, Any, T]]

_NAMED_BATCH = 5000


def _reading(work: _Work[P, T]) -> _Method[P, T]:
    """The method that does the work on one snapshot of the file."""

    @wraps(work)
    async def method(store: "SqliteStore", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await store._file.read(work, *args, **kwargs)

    return method


def _writing(work: _Work[P, T]) -> _Method[P, T]:
    """The method that does the work in one transaction."""

    @wraps(work)
    async def method(store: "SqliteStore", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await store._file.write(work, *args, **kwargs)

    return method


class SqliteStore:
    """Library, Records, Graph and Ledger in one SQLite file in WAL mode.

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

    put = _writing(library.put)
    remove = _writing(library.remove)
    documents = _reading(library.documents)
    list_documents = _reading(library.list_documents)
    passages = _reading(library.passages)
    content = _reading(library.content)
    mentions = _reading(library.mentions)
    passages_naming = _reading(library.passages_naming)
    replace_mentions = _writing(library.replace_mentions)

    record_counts = _reading(records.record_counts)
    record_names = _reading(records.record_names)
    similar_titles = _reading(records.similar_titles)
    records = _reading(records.records)

    entities = _reading(graph.entities)
    find = _reading(graph.find)
    relations = _reading(graph.relations)
    neighbourhood = _reading(graph.neighbourhood)
    paths = _reading(graph.paths)
    stats = _reading(graph.stats)

    head = _reading(revisions.head)
    load = _writing(bulk_load.load)
    undo = _writing(undo.undo)
    history = _reading(ledger.history)
    delta = _reading(revisions.delta)
    revisions = _reading(revisions.revisions)

    async def named(self) -> AsyncIterator[Sequence[NamedEntity]]:
        """All entities for the dictionary, in batches ordered by id."""
        after = EntityId("")
        while batch := await self._file.read(graph.named, after, _NAMED_BATCH):
            yield batch
            after = batch[-1].id

    async def purge(self, ids: Sequence[DocumentId], *, author: str, reason: str) -> Revision:
        """Take documents back for ever, and overwrite in the file what was kept of them; raises NotFound."""
        revision = await self._file.write(purge.purge, ids, author=author, reason=reason)
        await self._file.empty_log()
        return revision

    async def apply(self, change_set: ChangeSet) -> Revision:
        """Apply in one transaction; raises VersionConflict, InvalidChange, NotFound."""
        return await self._file.write(ledger.apply, change_set, self._ontology)
