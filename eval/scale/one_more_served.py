"""What one Markdown file more or less costs a large library that a service serves, over HTTP."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import httpx

from eval.bench.commands import Service, served, wait_until_answered
from eval.retrieval.metrics import percentiles_ms
from eval.scale.one_more import A_DOCUMENT, make_library
from kg.ontology import Ontology
from kg.progress import Progress
from kg.stores.sqlite.store import SqliteStore
from models.protocols import Embedder

_IDLE, _WARM = 60, 3
_LOOK_S, _PATIENCE_S = 0.1, 180.0
_MARKS = ("zebrafishology", "quokkanomics")
"""Words that no other passage has, one for each of the two files."""


async def measure_served(
    home: Path, *, count: int, data: Path, embedder: Embedder, ontology: Ontology, tell: Progress
) -> dict[str, float]:
    """Add a file of 60 passages to a service on a library of ``count``, made where none is, and delete it.

    ``add_s`` is from the upload until a search finds the file, parsing and embedding included, ``delete_s`` from the
    request until no search does. ``first_add_s`` is of a file before, for which the worker loads the embedder. The
    library's vectors are made up: the measurement ends before the service looks whether to rebuild its indexes, which
    it does once a minute and by which all texts would be embedded.
    """
    store = SqliteStore(home / "knowledge.db", ontology=ontology)
    await store.open()
    try:
        began = time.perf_counter()
        if not (home / "indexes" / "CURRENT").exists():
            await make_library(home / "indexes", store, data, count, embedder, tell, stored=count)
        figures = {"passages": float(count), "build_s": round(time.perf_counter() - began, 1)}
        listed = await store.list_documents(limit=A_DOCUMENT)
        texts = [passages[0].text for _, passages in await store.content([d.id for d in listed])]
    finally:
        await store.close()
    async with _serving(home) as service:
        figures["ready_s"] = round(await asyncio.to_thread(wait_until_answered, f"{service.url}/ready", _PATIENCE_S), 2)
        async with httpx.AsyncClient(base_url=service.url, timeout=_PATIENCE_S, trust_env=False) as client:
            await _asked_ms(client, _WARM)
            figures |= percentiles_ms(await _asked_ms(client, _IDLE), 50, 95, name="idle_", digits=1)
            await _worker_there(client)
            for name, mark in zip(("first_add_s", "add_s"), _MARKS, strict=True):
                figures[name] = round(await add_s(client, markdown(mark, texts), mark), 2)
                tell(name, 1, 1)
            figures["delete_s"] = round(await delete_s(client, _MARKS[1]), 2)
            figures["first_delete_s"] = round(await delete_s(client, _MARKS[0]), 2)
    return figures


def markdown(mark: str, texts: Sequence[str]) -> str:
    """A file with a section for each text, which ends with the mark."""
    parts = [f"## Part {number}\n\n{text} {mark}\n" for number, text in enumerate(texts, 1)]
    return "\n".join([f"# One more, {mark}\n", *parts])


async def add_s(client: httpx.AsyncClient, text: str, mark: str) -> float:
    """Seconds from the upload of a file until a search finds it; raises RuntimeError where none does."""
    began = time.perf_counter()
    file = (f"{mark}.md", text.encode(), "text/markdown")
    (await client.post("/v1/documents", files=[("files", file)])).raise_for_status()
    while not await _found(client, mark):
        await _wait(began, f"{mark}.md is not found")
    took = time.perf_counter() - began
    while any(job["status"] in ("waiting", "running") for job in (await client.get("/v1/jobs")).json()["jobs"]):
        await _wait(began, "the job does not end")
    return took


async def delete_s(client: httpx.AsyncClient, mark: str) -> float:
    """Seconds from the request to delete the document with the mark until no search finds it."""
    (document, *_) = await _found(client, mark)
    began = time.perf_counter()
    deleting = asyncio.create_task(client.delete(f"/v1/documents/{document}"))
    while await _found(client, mark):
        await _wait(began, f"{mark}.md is still found")
    took = time.perf_counter() - began
    (await deleting).raise_for_status()
    return took


async def _found(client: httpx.AsyncClient, mark: str) -> list[str]:
    """The documents of passages that hold the mark."""
    reply = await client.post("/v1/search", json={"query": mark, "mode": "lexical", "k": 10})
    return [str(r["document_id"]) for r in reply.raise_for_status().json()["results"] if mark in r["text"]]


async def _asked_ms(client: httpx.AsyncClient, times: int) -> list[float]:
    found = []
    for nth in range(times):
        start = time.perf_counter()
        query = f"clearance of amyloid from the brain in sleep {nth % 7}"
        (await client.post("/v1/search", json={"query": query})).raise_for_status()
        found.append(1000.0 * (time.perf_counter() - start))
    return found


async def _worker_there(client: httpx.AsyncClient) -> None:
    began = time.perf_counter()
    while (await client.get("/v1/jobs")).status_code != 200:
        await _wait(began, "no process works on the jobs")


async def _wait(began: float, why: str) -> None:
    if time.perf_counter() - began > _PATIENCE_S:
        raise RuntimeError(f"{why} after {_PATIENCE_S:.0f} s")
    await asyncio.sleep(_LOOK_S)


@asynccontextmanager
async def _serving(home: Path) -> AsyncIterator[Service]:
    with ExitStack() as stack:
        yield await asyncio.to_thread(stack.enter_context, served(home, home, settings={"chat": "extractive"}))
