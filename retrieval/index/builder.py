"""The derived indexes of a home: built from the store, caught up from its ledger, swapped in atomically."""

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from kg.domain import DocumentDelta, DocumentId, Passage, Revision
from kg.errors import KnowledgeError, when_full
from kg.ontology import Ontology
from kg.progress import Progress, untold
from kg.protocols import Store
from models.protocols import Embedder
from retrieval.errors import IndexCorrupt, IndexMismatch, IndexMissing, RetrievalError
from retrieval.index.faiss_index import FaissEngine
from retrieval.index.garbage import settle
from retrieval.index.name_dictionary import NameDictionary
from retrieval.index.snapshot_contents import Lineage, Snapshot, load_changed, load_whole, write_changed, write_whole
from retrieval.index.snapshots import (
    BUILDING,
    FORMAT,
    REBUILDING,
    Manifest,
    Snapshots,
    checksums,
    revision_of,
)
from retrieval.index.status import IndexStatus
from retrieval.index.store_content import read_all, read_some, with_mentions
from retrieval.index.vector_cache import VectorCache
from retrieval.protocols import DenseEngine

if TYPE_CHECKING:
    from kg.names.linker import Linker

_log = logging.getLogger(__name__)

WHOLE_BELOW = 1000
"""Passages under which all indexes are built again for any change, which takes a second or two."""

_DEEPEST = 16
"""Changes upon changes; the next ones are gathered in one."""

_MOST_CHANGED, _MANY_CHANGED = 0.5, 0.02
"""Shares of the passages that came or went: over the first all is built at once, over the second a rebuild follows."""

_PATIENCE_S = 0.5
"""How long a caller waits for what another process has changed; a large change is opened while the old one serves."""

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Standing:
    """Whether the indexes are current; else all must be built, with the mentions of ``relink`` found again.

    None for those of all documents.
    """

    current: bool
    relink: frozenset[DocumentId] | None = frozenset()


class Indexes:
    """Dense, lexical and walk indexes of one store in one folder, shared by processes.

    ``catch_up`` changes the current snapshot, ``rebuild`` makes a whole one beside it; readers notice a swap at their
    next ``current``.
    """

    def __init__(
        self,
        folder: Path,
        *,
        store: Store,
        embedder: Embedder,
        ontology: Ontology,
        dense_factory: DenseEngine | None = None,
        terms: Mapping[str, str] | None = None,
        whole_below: int = WHOLE_BELOW,
    ) -> None:
        """``terms`` are Chinese terms of the field with their English words, by which names are linked as well."""
        self._folder = folder
        self._engine = engine = dense_factory or FaissEngine()
        self._snapshots = Snapshots(folder, dropping=lambda old: engine.drop(old / "dense"))
        self._vectors = VectorCache(folder / "vectors.sqlite", embedder)
        self._store = store
        self._embedder = embedder
        self._ontology = ontology
        self._names = NameDictionary(store, ontology, terms=terms)
        self._whole_below = whole_below
        self._loaded: Lineage | None = None
        self._swap: asyncio.Task[None] | None = None
        self._locks = {name: asyncio.Lock() for name in ("build", "rebuild")}
        self._opening = asyncio.Lock()

    @property
    def ontology(self) -> Ontology:
        """The ontology by which names are linked."""
        return self._ontology

    async def current(self) -> Snapshot:
        """The current snapshot; raises IndexMissing, IndexMismatch, IndexCorrupt.

        While one that another process made is opened, that is the one before: a caller waits a moment for a later
        revision, whose errors are raised, and not at all for a rebuild.
        """
        name, loaded = self._snapshots.current_name(), self._loaded
        if loaded is None or name is None:
            return (await self._lineage()).shown
        if name == loaded.shown.manifest.name:
            return loaded.shown
        if self._swap is None or self._swap.done():
            self._swap = asyncio.create_task(self._swapped_in())
            self._swap.add_done_callback(_told)
        if revision_of(name) > loaded.shown.manifest.revision:
            done, _ = await asyncio.wait([self._swap], timeout=_PATIENCE_S)
            for swap in done:
                swap.result()
        return self._loaded.shown if self._loaded is not None else loaded.shown

    async def follow(self, *, every_s: float = 1.0) -> None:
        """Open what other processes make current as soon as they do, until cancelled."""
        while True:
            with suppress(RetrievalError, KnowledgeError):
                await self.current()
            await asyncio.sleep(every_s)

    async def linker(self) -> "Linker":
        """The dictionary of all names, not older than the current snapshot."""
        return await self._names.since((await self.current()).manifest.revision)

    async def newest_linker(self) -> "Linker":
        """The dictionary of all names that the store has now."""
        return await self._names.newest()

    async def catch_up(self, progress: Progress = untold) -> Snapshot:
        """Update the indexes to the head of the ledger; does nothing if they are current."""
        if not (await self._locked("build", lambda: self._caught_up(progress))).current:
            await self._locked("rebuild", lambda: self._caught_up_or_built(progress))
        return await self.current()

    async def rebuild(self, progress: Progress = untold) -> Snapshot:
        """Rebuild all indexes from the store; known vectors are not computed again.

        Other changes go in meanwhile and are not lost.
        """
        await self._locked("rebuild", lambda: self._built(None, progress))
        return await self.current()

    async def erase_removed(self, progress: Progress = untold) -> None:
        """Rebuild, and delete every file and vector that was made of what the store holds no more."""
        snapshot = await self.rebuild(progress)
        await self._locked("build", lambda: asyncio.to_thread(self._snapshots.drop_others))
        await asyncio.to_thread(self._vectors.keep_only, snapshot.catalogue.languages.keys())

    async def worth_rebuilding(self) -> bool:
        """Whether much came or anything went since the last whole snapshot, so that a rebuild should follow."""
        try:
            known = self._loaded.names if self._loaded else ()
            chain = await asyncio.to_thread(lambda: self._snapshots.chain(whole=known))
        except (IndexMissing, IndexCorrupt):
            return False
        changed, gone = sum(m.changed for m in chain), any(m.gone for m in chain)
        return gone or changed > _MANY_CHANGED * chain[0].passages

    async def embed_early(self, passages: Sequence[Passage]) -> None:
        """Compute and keep vectors of passages that will be stored soon, so that catching up finds them."""
        await asyncio.to_thread(self._vectors.vectors_of, passages)

    async def warm(self) -> None:
        """Load the embedder ahead of the first passage; raises ModelUnavailable."""
        await asyncio.to_thread(self._embedder.encode_query, "warm")

    async def status(self) -> IndexStatus:
        """The status of the indexes; a problem is reported, not raised."""
        head = await self._store.head()
        try:
            manifest = (await asyncio.to_thread(self._snapshots.chain))[-1]
        except (IndexMissing, IndexCorrupt) as error:
            return IndexStatus(None, None, head, 0, 0, 0, None, None, None, str(error))
        problem = self._mismatch(manifest) or _ahead(manifest.revision, head)
        return IndexStatus(
            manifest.name, manifest.revision, head, manifest.documents, manifest.passages, manifest.edges,
            manifest.embedder, manifest.dimension, manifest.dense, problem,
        )  # fmt: skip

    def ahead_of(self, head: Revision) -> str | None:
        """Why the current snapshot is of another store than one at this revision, None where it is not.

        The name of the snapshot tells, so that no manifest is read and no file checked.
        """
        name = self._snapshots.current_name()
        return _ahead(revision_of(name), head) if name else None

    async def _locked(self, lock: str, build: Callable[[], Awaitable[_T]]) -> _T:
        """Build under a lock of the home; of this process at most one thread waits for each."""
        async with self._locks[lock]:
            with when_full(
                f"no space left to build indexes in {self._folder}; free some and run `jianxi index rebuild`"
            ):
                held = await asyncio.to_thread(self._snapshots.acquire, lock)
                with held:
                    return await build()

    async def _caught_up(self, tell: Progress) -> "_Standing":
        """Change the current snapshot if that is enough."""
        try:
            lineage = await self._lineage()
        except IndexMissing:
            return _Standing(current=False, relink=None)
        delta = await self._store.delta(lineage.shown.manifest.revision)
        if delta.revision == lineage.shown.manifest.revision:
            return _Standing(current=True)
        if delta.graph_changed and lineage.shown.manifest.names != await self._names.digest():
            return _Standing(current=False, relink=None)
        return _Standing(await self._changed(lineage, delta, tell), frozenset(delta.added))

    async def _caught_up_or_built(self, tell: Progress) -> None:
        standing = await self._locked("build", lambda: self._caught_up(tell))
        if not standing.current:
            await self._built(standing.relink, tell)

    async def _changed(self, lineage: Lineage, delta: DocumentDelta, tell: Progress) -> bool:
        """Write what changed and make it current; says whether that was possible and not too much."""
        if lineage.depth >= _DEEPEST:
            delta = await self._store.delta(lineage.whole.manifest.revision)
            lineage = lineage.undone()
        before = lineage.shown
        there = before.catalogue.documents
        removed = [id_ for id_ in dict.fromkeys([*delta.removed, *delta.added]) if id_ in there]
        documents, passages = await read_some(self._store, delta.added)
        changed = len(passages) + sum(len(there[id_].passages) for id_ in removed)
        total = before.manifest.passages
        if total < self._whole_below or changed > _MOST_CHANGED * total:
            return False
        content = await with_mentions(self._store, documents, passages, self._names.newest, tell)
        vectors = await asyncio.to_thread(self._vectors.vectors_of, passages, lambda n, of: tell("embed", n, of))
        name = self._snapshots.free_name(_name(delta.revision, passages, self._embedder.identity, before.manifest.name))
        building = await asyncio.to_thread(self._snapshots.begin, name, BUILDING)
        tell("index", 0, changed)
        changes = await _to_the_end(write_changed, building, before, removed, content, vectors, self._engine, name)
        manifest = Manifest(
            FORMAT, name, delta.revision, self._embedder.identity, self._embedder.dimension, self._engine.name,
            len(there) - len(removed) + len(documents), total - len(changes.gone) + len(passages),
            before.manifest.edges + sum(len(w.names) for w in changes.walk),
            await asyncio.to_thread(checksums, building, before.manifest.files),
            before.manifest.names, before.manifest.name, changed, len(changes.gone),
        )  # fmt: skip
        await asyncio.to_thread(self._snapshots.place, building, manifest)
        loaded = await asyncio.to_thread(
            load_changed, [(self._snapshots.folder_of(name), manifest)], lineage, self._engine
        )
        await asyncio.to_thread(self._snapshots.point_at, name)
        self._loaded = loaded
        await asyncio.to_thread(self._vectors.forget, changes.gone - set(loaded.shown.catalogue.languages))
        tell("index", changed, changed)
        return True

    async def _built(self, relink: frozenset[DocumentId] | None, tell: Progress) -> None:
        """Build a whole snapshot beside the current one, add what came meanwhile, and make that current."""
        revision = await self._store.head()
        names = await self._names.digest()
        documents, passages = await read_all(self._store, tell)
        content = await with_mentions(self._store, documents, passages, self._names.newest, tell, relink=relink)
        vectors = await asyncio.to_thread(self._vectors.vectors_of, passages, lambda n, of: tell("embed", n, of))
        name = self._snapshots.free_name(_name(revision, passages, self._embedder.identity))
        building = await asyncio.to_thread(self._snapshots.begin, name, REBUILDING)
        tell("index", 0, len(passages))
        edges = await _to_the_end(write_whole, building, content, vectors, self._engine, name)
        manifest = Manifest(
            FORMAT, name, revision, self._embedder.identity, self._embedder.dimension, self._engine.name,
            len(documents), len(passages), edges, await asyncio.to_thread(checksums, building), names,
        )  # fmt: skip
        await asyncio.to_thread(self._snapshots.place, building, manifest)
        await self._locked("build", lambda: self._swapped(manifest, tell))
        tell("index", len(passages), len(passages))

    async def _swapped(self, manifest: Manifest, tell: Progress) -> None:
        """Make a whole snapshot current together with what changed since it was begun."""
        before = self._loaded
        folder = self._snapshots.folder_of(manifest.name)
        lineage = await asyncio.to_thread(load_whole, folder, manifest, self._engine)
        delta = await self._store.delta(manifest.revision)
        same = not delta.graph_changed or manifest.names == await self._names.digest()
        moved = same and delta.revision > manifest.revision and await self._changed(lineage, delta, tell)
        current = self._snapshots.current_name()
        # A current snapshot that is ahead stays, as whoever changed what is missing here builds another one: unless
        # it is ahead of the store.
        ahead = current is not None and manifest.revision < revision_of(current) <= await self._store.head()
        if not moved and not ahead:
            await asyncio.to_thread(self._snapshots.point_at, manifest.name)
            self._loaded = lineage
        settle()
        if before is not None and self._loaded is not None:
            gone = before.shown.catalogue.languages.keys() - self._loaded.shown.catalogue.languages.keys()
            await asyncio.to_thread(self._vectors.forget, gone)

    async def _swapped_in(self) -> None:
        """Open the current snapshot beside the loaded one."""
        await self._lineage()

    async def _lineage(self) -> Lineage:
        """The current snapshot with what it changes; raises IndexMissing, IndexMismatch, IndexCorrupt."""
        loaded = self._loaded
        if loaded is not None and loaded.shown.manifest.name == self._snapshots.current_name():
            return loaded
        async with self._opening:
            if self._loaded is None or self._loaded.shown.manifest.name != self._snapshots.current_name():
                loaded = await asyncio.to_thread(self._load)
                if problem := _ahead(loaded.shown.manifest.revision, await self._store.head()):
                    raise IndexMismatch(problem)
                self._loaded = loaded
                settle()
            return self._loaded

    def _load(self) -> Lineage:
        while True:
            name = self._snapshots.current_name()
            try:
                chain = self._snapshots.chain(whole=self._loaded.names if self._loaded else ())
                self._refuse(chain[-1])
                return self._opened(chain)
            except IndexCorrupt:
                if name == self._snapshots.current_name():
                    raise

    def _opened(self, chain: Sequence[Manifest]) -> Lineage:
        """Open what is not loaded yet of a chain of snapshots."""
        lineage, names = self._loaded, [m.name for m in chain]
        if lineage is None or lineage.whole.manifest.name != names[0]:
            lineage = load_whole(self._snapshots.folder_of(names[0]), chain[0], self._engine)
        elif lineage.shown.manifest.name not in names:
            lineage = lineage.undone()
        later = chain[names.index(lineage.shown.manifest.name) + 1 :]
        return load_changed([(self._snapshots.folder_of(m.name), m) for m in later], lineage, self._engine)

    def _refuse(self, manifest: Manifest) -> None:
        problem = self._mismatch(manifest)
        if problem is not None:
            raise IndexMismatch(problem)

    def _mismatch(self, manifest: Manifest) -> str | None:
        has = (manifest.embedder, manifest.dimension, manifest.dense)
        wants = (self._embedder.identity, self._embedder.dimension, self._engine.name)
        if has == wants:
            return None
        return (
            f"the index was built by {has[0]} ({has[1]} dimensions, {has[2]}), the settings say {wants[0]} "
            f"({wants[1]} dimensions, {wants[2]}); run `jianxi index rebuild`, or set JIANXI_EMBEDDER back"
        )


async def _to_the_end(write: Callable[..., _T], *args: object) -> _T:
    """The result of work on a thread; who is cancelled waits for its end, so that no lock is given up under it."""
    running = asyncio.get_running_loop().run_in_executor(None, partial(write, *args))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise


def _told(swap: "asyncio.Task[None]") -> None:
    """Log why the current snapshot could not be opened; the loaded one stays in use."""
    if not swap.cancelled() and (error := swap.exception()) is not None:
        _log.warning("the newest indexes cannot be opened, the earlier ones are used: %s", error)


def _ahead(revision: Revision, head: Revision) -> str | None:
    if revision <= head:
        return None
    return (
        f"the index is of revision {revision}, the store is at {head} only: it was emptied or is another one; "
        "put the right store back, or run `jianxi index rebuild`"
    )


def _name(revision: Revision, passages: Sequence[Passage], *others: str) -> str:
    """The revision and a digest of what is indexed by what: equal content gives an equal digest in any store."""
    digest = hashlib.sha256("\n".join(others).encode())
    for passage in passages:
        digest.update(f"{passage.id}\n{passage.searchable}\n".encode())
    return f"{revision:08d}-{digest.hexdigest()[:12]}"
