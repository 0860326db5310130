"""The derived indexes of a home: built from the store, caught up from its ledger, swapped in atomically."""

import asyncio
import gc
import hashlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kg.domain import Document, DocumentId, Mention, Passage, PassageId, Revision
from kg.ontology import Ontology
from kg.protocols import NamedEntity, Store
from models.protocols import Embedder
from retrieval.errors import IndexCorrupt, IndexMismatch, IndexMissing
from retrieval.index.faiss_index import FaissEngine
from retrieval.index.mentions import linked_mentions, refresh, stored_mentions
from retrieval.index.snapshot_contents import Content, Snapshot, load_snapshot, write_indexes
from retrieval.index.snapshots import FORMAT, Manifest, Snapshots, checksums, disk_errors
from retrieval.index.vector_cache import VectorCache
from retrieval.protocols import DenseEngine

if TYPE_CHECKING:
    from kg.names.linker import Linker

Progress = Callable[[str, int, int], None]
"""Called with a stage's name, how much is done and how much there is."""

_PAGE = 500


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The status that ``jianxi index status`` shows; ``problem`` is the problem and its cure."""

    snapshot: str | None
    revision: Revision | None
    head: Revision
    documents: int
    passages: int
    edges: int
    embedder: str | None
    dimension: int | None
    dense: str | None
    problem: str | None

    @property
    def behind(self) -> bool:
        """Whether the store has changed since the snapshot was built."""
        return self.revision != self.head


class Indexes:
    """Dense, lexical and walk indexes of one store in one folder, shared by processes.

    ``catch_up`` and ``rebuild`` hold the builders' lock; readers notice a swap at their next ``current``.
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
    ) -> None:
        """``terms`` are Chinese terms of the field with their English words, by which names are linked as well."""
        self._folder = folder
        self._terms = terms or {}
        self._engine = dense_factory or FaissEngine()
        self._snapshots = Snapshots(folder, dropping=lambda old: self._engine.drop(old / "dense"))
        self._vectors = VectorCache(folder / "vectors.sqlite", embedder)
        self._store = store
        self._embedder = embedder
        self._ontology = ontology
        self._loaded: Snapshot | None = None
        self._linker: tuple[Revision, Linker] | None = None
        self._opening = asyncio.Lock()

    @property
    def ontology(self) -> Ontology:
        """The ontology by which names are linked."""
        return self._ontology

    async def current(self) -> Snapshot:
        """The current snapshot; raises IndexMissing, IndexMismatch, IndexCorrupt."""
        name = self._snapshots.current_name()
        if self._loaded is not None and self._loaded.manifest.name == name:
            return self._loaded
        async with self._opening:
            if self._loaded is None or self._loaded.manifest.name != self._snapshots.current_name():
                self._loaded = await asyncio.to_thread(self._load)
                _settle()
            return self._loaded

    async def linker(self) -> "Linker":
        """The dictionary of all names, as of the current snapshot; built once for each."""
        revision = (await self.current()).manifest.revision
        if self._linker is None or self._linker[0] != revision:
            async with self._opening:
                if self._linker is None or self._linker[0] != revision:
                    self._linker = (revision, await self.built_linker())
                    _settle()
        return self._linker[1]

    async def catch_up(self, progress: Progress | None = None) -> Snapshot:
        """Update the indexes to the head of the ledger; does nothing if they are current."""
        return await self._locked(lambda: self._caught_up(progress))

    async def rebuild(self, progress: Progress | None = None) -> Snapshot:
        """Rebuild all indexes from the store; known vectors are not computed again."""
        return await self._locked(lambda: self._built(None, relink=None, progress=progress))

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
            manifest = await asyncio.to_thread(self._snapshots.manifest)
        except (IndexMissing, IndexCorrupt) as error:
            return IndexStatus(None, None, head, 0, 0, 0, None, None, None, str(error))
        problem = self._mismatch(manifest)
        return IndexStatus(
            manifest.name, manifest.revision, head, manifest.documents, manifest.passages, manifest.edges,
            manifest.embedder, manifest.dimension, manifest.dense, problem,
        )  # fmt: skip

    async def _locked(self, build: Callable[[], Awaitable[Snapshot]]) -> Snapshot:
        with disk_errors(self._folder):
            lock = await asyncio.to_thread(self._snapshots.acquire)
            with lock:
                return await build()

    async def _caught_up(self, progress: Progress | None) -> Snapshot:
        try:
            manifest = await asyncio.to_thread(self._snapshots.manifest)
        except IndexMissing:
            return await self._built(None, relink=None, progress=progress)
        self._refuse(manifest)
        if manifest.revision == await self._store.head():
            return await self.current()
        delta = await self._store.delta(manifest.revision)
        relink = None if delta.graph_changed else frozenset(delta.added)
        return await self._built(delta.revision, relink=relink, progress=progress)

    async def _built(
        self, revision: Revision | None, *, relink: frozenset[DocumentId] | None, progress: Progress | None
    ) -> Snapshot:
        """Build and publish; mentions of the documents in ``relink`` are found again, of all where it is None."""
        tell: Progress = progress or (lambda stage, done, total: None)
        if revision is None:
            revision = await self._store.head()
        documents, passages = await self._read(tell)
        mentions, linker = await self._mentions(passages, relink, tell)
        vectors = await asyncio.to_thread(self._vectors.vectors_of, passages, lambda n, of: tell("embed", n, of))
        name = self._snapshots.free_name(_name(revision, passages, self._embedder.identity))
        content = Content(documents, passages, mentions)
        building = await asyncio.to_thread(self._snapshots.begin, name)
        tell("index", 0, len(passages))
        edges = await asyncio.to_thread(write_indexes, building, content, vectors, self._engine, name)
        manifest = Manifest(
            FORMAT, name, revision, self._embedder.identity, self._embedder.dimension, self._engine.name,
            len(documents), len(passages), edges, await asyncio.to_thread(checksums, building),
        )  # fmt: skip
        await asyncio.to_thread(self._snapshots.publish, building, manifest)
        if linker is not None:
            self._linker = (revision, linker)
        tell("index", len(passages), len(passages))
        return await self.current()

    async def _read(self, tell: Progress) -> tuple[list[Document], list[Passage]]:
        documents: list[Document] = []
        passages: list[Passage] = []
        while page := await self._store.list_documents(after=documents[-1].id if documents else None, limit=_PAGE):
            for _, found in await self._store.content([d.id for d in page]):
                passages += found
            documents += page
            tell("read", len(documents), len(documents))
        return documents, sorted(passages, key=lambda p: p.id)

    async def _mentions(
        self, passages: Sequence[Passage], relink: frozenset[DocumentId] | None, tell: Progress
    ) -> "tuple[dict[PassageId, list[Mention]], Linker | None]":
        again = [p for p in passages if relink is None or p.document_id in relink]
        mentions = {} if len(again) == len(passages) else await stored_mentions(self._store, passages)
        if not again:
            return mentions, None
        tell("link", 0, len(again))
        linker = await self.built_linker()
        linked = await asyncio.to_thread(lambda: {p.id: linked_mentions(linker, p) for p in again})
        await refresh(self._store, again, linked)
        return {**mentions, **linked}, linker

    async def built_linker(self) -> "Linker":
        """A dictionary of all names that the store has now."""
        from kg.names.linker import Linker

        named: list[NamedEntity] = []
        async for batch in self._store.named():
            named += batch
        return await asyncio.to_thread(Linker.build, named, self._ontology, terms=self._terms)

    def _load(self) -> Snapshot:
        while True:
            name = self._snapshots.current_name()
            try:
                manifest = self._snapshots.manifest()
                self._refuse(manifest)
                return load_snapshot(self._snapshots.folder_of(manifest.name), manifest, self._engine)
            except IndexCorrupt:
                if name == self._snapshots.current_name():
                    raise

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


def _name(revision: Revision, passages: Sequence[Passage], embedder: str) -> str:
    """The revision and a digest of what is indexed by what: equal content gives an equal digest in any store."""
    digest = hashlib.sha256(embedder.encode())
    for passage in passages:
        digest.update(f"{passage.id}\n{passage.searchable}\n".encode())
    return f"{revision:08d}-{digest.hexdigest()[:12]}"


def _settle() -> None:
    """Exclude long-lived objects from garbage collection, which stopped a question for 10 to 30 ms."""
    gc.collect()
    gc.freeze()
