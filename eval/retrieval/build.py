"""Filling a suite's home: its texts as records through the product's ingestion, its tables through its import."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.bootstrap import App
from eval.errors import NotBuilt
from eval.json_lines import write_json_lines
from eval.retrieval.domain import Suite, SuiteText
from eval.retrieval.home_provenance import Making, clear, note, noted
from eval.retrieval.homes import built_home
from kg.progress import Progress
from kg.tables.mapping import load_mapping
from kg.tables.table_import import import_tables
from models.protocols import Embedder, Vectors

_RECORDS_A_FILE = 20_000


async def build_home(folder: Path, suite: Suite, embedder: Embedder, want: Making, progress: Progress) -> None:
    """Make the home what is wanted, from what is there of it; raises NotBuilt.

    A build that was cut off goes on; other content is replaced; where only the embedder or the way of indexing has
    changed, only the indexes are made again. Vectors are never computed twice.
    """
    there = noted(folder)
    began = time.perf_counter()
    if not want.same_content(there):
        clear(folder)
        note(folder, want)
    total = len(suite.texts)
    clock = EmbeddingClock(embedder, lambda done: progress("passages embedded", done, max(done, total)))
    left_out = tuple(t.id for t in suite.texts if not (t.title.strip() or t.text.strip()))
    texts = [t for t in suite.texts if t.id not in left_out]
    async with built_home(folder, clock) as app:
        if there is not None and there.whole and want.same_content(there):
            await app.indexes.rebuild(progress)
            note(folder, replace(there, embedder=want.embedder, indexing=want.indexing))
            return
        if not (await app.store.stats()).entities:
            for graph in suite.graphs:
                mapping, ontology = load_mapping(graph.name), app.domain.ontology
                await import_tables(app.store, graph, mapping, ontology, author="evaluation", progress=progress)
        files = [suite.records] if suite.records else _write_records(folder / "corpus", texts)
        await _ingest(app, suite, files, len(texts), progress)
        shutil.rmtree(folder / "corpus", ignore_errors=True)
    seconds = time.perf_counter() - began
    note(folder, replace(want, whole=True, left_out=left_out, seconds=seconds, embedding_s=clock.seconds))


async def _ingest(app: App, suite: Suite, files: Sequence[Path], texts: int, progress: Progress) -> None:
    jobs = await app.open_jobs()
    await jobs.start("an evaluation")
    id_ = await jobs.submit(files, author="evaluation")
    async for state in jobs.follow(id_):
        progress("files read", state.progress.files, state.progress.files_total)
    job = await jobs.get(id_)
    await jobs.close()
    if job.status != "succeeded" or job.summary is None:
        raise NotBuilt(f"the corpus of {suite.name} did not go in: job {job.id} {job.status}: {job.error}")
    went_in = job.summary["documents"] + job.summary["known"]
    if went_in < texts:
        first: dict[str, Any] = next(iter(job.summary["failures"]), {})
        why = first.get("error") or "; ".join(first.get("problems", ())[:3]) or "no reason was told"
        raise NotBuilt(f"only {went_in} of {texts} texts of {suite.name} went in: {why}")


def _write_records(folder: Path, texts: Sequence[SuiteText]) -> list[Path]:
    """The texts as JSON Lines in files of 20,000."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for start in range(0, len(texts), _RECORDS_A_FILE):
        files.append(folder / f"records-{start:09d}.jsonl")
        part = texts[start : start + _RECORDS_A_FILE]
        write_json_lines(files[-1], ({"_id": t.id, "title": t.title, "text": t.text} for t in part))
    return files


class EmbeddingClock:
    """Another embedder with a clock; calls are made one after another, so that no time counts twice."""

    def __init__(self, embedder: Embedder, told: Callable[[int], None]) -> None:
        self._embedder = embedder
        self._told = told
        self._lock = threading.Lock()
        self._done = 0
        self.seconds = 0.0

    @property
    def identity(self) -> str:
        """The embedder's own."""
        return self._embedder.identity

    @property
    def dimension(self) -> int:
        """The embedder's own."""
        return self._embedder.dimension

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Embed, counted and timed."""
        with self._timed():
            vectors = self._embedder.encode_passages(texts)
            self._done += len(texts)
        self._told(self._done)
        return vectors

    def encode_query(self, text: str) -> Vectors:
        """Embed a question, timed."""
        with self._timed():
            return self._embedder.encode_query(text)

    @contextmanager
    def _timed(self) -> Iterator[None]:
        with self._lock:
            began = time.perf_counter()
            try:
                yield
            finally:
                self.seconds += time.perf_counter() - began
