"""The Neo4j store: the knowledge on a server, for a laboratory."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Sequence
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from kg.domain import EntityId, Revision
from kg.ledger.changes import ChangeSet
from kg.ontology import Ontology
from kg.protocols import NamedEntity
from kg.stores.neo4j import bulk_load, documents, graph, history, ledger, name_search, purge, records, revisions, undo
from kg.stores.neo4j.connection import Connection, Transaction
from kg.stores.neo4j.revisions import LeftOver
from kg.stores.neo4j.schema import make_schema
from kg.stores.neo4j.unfinished import recover
from kg.stores.neo4j.vocabulary import Vocabulary

P = ParamSpec("P")
T = TypeVar("T")
_Work = Callable[Concatenate[Transaction, P], Awaitable[T]]
_Steps = Callable[Concatenate[Connection, P], Awaitable[T]]
_Method = Callable[Concatenate["Neo4jStore", P], Coroutine[Any, Any, T]]

_NAMED_BATCH = 5000


def _reading(work: _Work[P, T]) -> _Method[P, T]:
    """The method that does the work in a read transaction."""

    @wraps(work)
    async def method(store: "Neo4jStore", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await store._server.read(work, *args, **kwargs)

    return method


def _writing(work: _Work[P, T]) -> _Method[P, T]:
    """The method that does the work in a write transaction."""

    @wraps(work)
    async def method(store: "Neo4jStore", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await store._settled(lambda: store._server.write(work, *args, **kwargs))

    return method


def _in_steps(work: _Steps[P, T]) -> _Method[P, T]:
    """The method that does the work in as many transactions as it takes."""

    @wraps(work)
    async def method(store: "Neo4jStore", /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await store._settled(lambda: work(store._server, *args, **kwargs))

    return method


class Neo4jStore:
    """Library, Records, Graph and Ledger in the one database of a Neo4j 5.26 server, Community or larger.

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
        self._server = Connection(uri, user, password, Vocabulary(domain_types, predicates))

    async def open(self) -> None:
        """Connect, create the schema, finish or roll back an interrupted revision; raises StoreUnavailable."""
        await self._server.open()
        try:
            await make_schema(self._server)
            await records.fill(self._server)
            await self._settle()
        except BaseException:
            await self._server.close()
            raise

    async def close(self) -> None:
        """Close the connections; the store may be opened again."""
        await self._server.close()

    put = _writing(ledger.put)
    remove = _writing(ledger.remove)
    purge = _writing(purge.purge)
    list_documents = _reading(documents.list_documents)
    passages = _reading(documents.passages)
    content = _reading(documents.content)
    mentions = _reading(documents.mentions)
    passages_naming = _reading(documents.passages_naming)
    replace_mentions = _writing(documents.replace_mentions)
    documents = _reading(documents.documents)

    record_counts = _reading(records.record_counts)
    record_names = _reading(records.record_names)
    similar_titles = _reading(records.similar_titles)
    records = _reading(records.records)

    entities = _reading(graph.entities)
    find = _reading(name_search.find)
    relations = _reading(graph.relations)
    neighbourhood = _reading(graph.neighbourhood)
    paths = _reading(graph.paths)
    stats = _reading(graph.stats)

    head = _reading(revisions.head)
    load = _in_steps(bulk_load.load)
    undo = _in_steps(undo.undo)
    history = _reading(history.history)
    delta = _reading(revisions.delta)
    revisions = _reading(revisions.revisions)

    async def named(self) -> AsyncIterator[Sequence[NamedEntity]]:
        """All entities for the dictionary, in batches ordered by id."""
        after = EntityId("")
        while batch := await self._server.read(graph.named, after, _NAMED_BATCH):
            yield batch
            after = batch[-1].id

    async def apply(self, change_set: ChangeSet) -> Revision:
        """Apply in one transaction; raises VersionConflict, InvalidChange, NotFound."""
        return await self._settled(lambda: self._server.write(ledger.apply, change_set, self._ontology))

    async def _settled(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do a write; an interrupted one is finished or rolled back first."""
        try:
            return await work()
        except LeftOver:
            await recover(self._server)
            return await work()

    async def _settle(self) -> None:
        """Finish or roll back an interrupted revision, unless another process still works on it."""
        left = await self._server.fetch(
            "MATCH (u:Unfinished) WHERE u.begun IS NOT NULL OR u.ending IS NOT NULL RETURN u"
        )
        if left and await self._server.free():
            await recover(self._server)
