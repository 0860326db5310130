"""What one document more or less costs a large library, and what questions notice of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from eval.retrieval.metrics import percentiles_ms
from eval.scale.likeness import blocks
from eval.scale.sources import texts_alone
from kg.domain import Block, BlockKind, Document, DocumentId, ParsedDocument, Passage, PassageId
from kg.ontology import Ontology
from kg.progress import Progress
from kg.stores.sqlite.store import SqliteStore
from models.protocols import Embedder
from retrieval.domain import Query
from retrieval.index.builder import Indexes
from retrieval.index.faiss_index import FaissEngine
from retrieval.index.snapshot_contents import Content, write_whole
from retrieval.index.snapshots import FORMAT, Manifest, Snapshots, checksums
from retrieval.retriever import Retriever

_STORED, A_DOCUMENT, _AT_ONCE = 200, 60, 2000
_IDLE = 60
_TICK_S = 0.005
_MARK = "zebrafishology"


async def measure(
    folder: Path, *, count: int, data: Path, embedder: Embedder, ontology: Ontology, tell: Progress
) -> dict[str, float]:
    """Add a document of 60 passages to a library of ``count`` with random vectors, made where none is; delete it.

    ``add_s`` is from storing a document that is parsed and not embedded until it is found, ``delete_s`` from its
    removal until it is not; p95 is of questions that are asked meanwhile, one after another.
    """
    store = SqliteStore(folder / "knowledge.db", ontology=ontology)
    await store.open()
    try:
        began = time.perf_counter()
        if not (folder / "indexes" / "CURRENT").exists():
            await make_library(folder / "indexes", store, data, count, embedder, tell, stored=_STORED)
        figures = {"passages": float(count), "build_s": round(time.perf_counter() - began, 1)}
        indexes = Indexes(folder / "indexes", store=store, embedder=embedder, ontology=ontology)
        began = time.perf_counter()
        await indexes.current()
        figures["open_s"] = round(time.perf_counter() - began, 2)
        retriever = Retriever(store, indexes, embedder)
        await _asked_ms(retriever, 3)
        figures |= _noticed("idle", await _asked_ms(retriever, _IDLE), [0.0])
        document = await _new_document(store)

        async def add() -> None:
            await store.put([document], author="scale", reason="one more")
            await indexes.catch_up()

        async def delete() -> None:
            await store.remove([document.document.id], author="scale", reason="one less")
            await indexes.catch_up()

        for name, change, found in (("add", add, A_DOCUMENT), ("delete", delete, 0)):
            tell(name, 0, 1)
            figures |= await _changed(name, change, retriever)
            hits = (await indexes.current()).lexical.search(_MARK, A_DOCUMENT)
            if len(hits) != found:
                raise RuntimeError(f"after {name} {len(hits)} passages are found, not {found}")
            tell(name, 1, 1)
        return figures
    finally:
        await store.close()


async def _changed(name: str, change: Callable[[], Awaitable[None]], retriever: Retriever) -> dict[str, float]:
    """What a change costs, and what questions that are asked without a pause meanwhile notice of it."""
    asked_ms: list[float] = []
    stalls_ms = [0.0]

    async def ask() -> None:
        while True:
            asked_ms.extend(await _asked_ms(retriever, 1))

    async def tick() -> None:
        while True:
            start = time.perf_counter()
            await asyncio.sleep(_TICK_S)
            stalls_ms.append(1000.0 * (time.perf_counter() - start - _TICK_S))

    tasks = [asyncio.create_task(ask()), asyncio.create_task(tick())]
    await asyncio.sleep(10 * _TICK_S)
    began = time.perf_counter()
    await change()
    took = time.perf_counter() - began
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    return {f"{name}_s": round(took, 2), **_noticed(name, asked_ms, stalls_ms)}


async def _asked_ms(retriever: Retriever, times: int) -> list[float]:
    found = []
    for nth in range(times):
        start = time.perf_counter()
        await retriever.retrieve(Query(f"clearance of amyloid from the brain in sleep {nth % 7}"))
        found.append(1000.0 * (time.perf_counter() - start))
    return found


def _noticed(name: str, asked_ms: Sequence[float], stalls_ms: Sequence[float]) -> dict[str, float]:
    """Figures of questions, and of the longest time in which the event loop could do nothing."""
    asked = percentiles_ms(asked_ms, 50, 95, name=f"{name}_", digits=1)
    return {**asked, f"{name}_stall_ms": round(max(stalls_ms), 1)}


async def make_library(
    folder: Path, store: SqliteStore, data: Path, count: int, embedder: Embedder, tell: Progress, *, stored: int
) -> None:
    """A whole snapshot; only the first ``stored`` documents are in the store, of which a change reads few."""
    sources = texts_alone(data, embedder.dimension)
    documents: list[Document] = []
    passages: list[Passage] = []
    for new, its, _ in blocks(sources, count):
        documents += new
        passages += its
        tell("make", len(passages), count)
    vectors = np.random.default_rng(5).normal(size=(count, embedder.dimension)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    kept = list(zip(documents[:stored], passages[:stored], strict=True))
    for start in range(0, len(kept), _AT_ONCE):
        some = [ParsedDocument(d, (), (p,)) for d, p in kept[start : start + _AT_ONCE]]
        await store.put(some, author="scale", reason="some")
        tell("store", min(start + _AT_ONCE, len(kept)), len(kept))
    revision = await store.head()
    snapshots, engine, name = Snapshots(folder), FaissEngine(), f"{revision:08d}-scale"
    building = snapshots.begin(name)
    tell("index", 0, count)
    edges = await asyncio.to_thread(write_whole, building, Content(documents, passages, {}), vectors, engine, name)
    about = (FORMAT, name, revision, embedder.identity, embedder.dimension, engine.name)
    snapshots.publish(building, Manifest(*about, count, count, edges, checksums(building)))
    tell("index", count, count)


async def _new_document(store: SqliteStore) -> ParsedDocument:
    """A document of 60 passages made of stored ones, each with a word that no other has."""
    listed: Sequence[Document] = await store.list_documents(limit=A_DOCUMENT)
    id_ = DocumentId("s-one-more")
    about = replace(listed[0], id=id_, source_id=id_, content_hash="one-more", title="One more")
    passages = []
    for number, (_, its) in enumerate(await store.content([d.id for d in listed])):
        text = f"{its[0].text} {_MARK}"
        passages.append(replace(its[0], id=PassageId(f"{id_}:{number}"), document_id=id_, ordinal=number, text=text))
    return ParsedDocument(about, tuple(Block(BlockKind.PARAGRAPH, p.text) for p in passages), tuple(passages))
