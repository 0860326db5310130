"""The use case of ingestion: parse files, split passages, find mentions, store them, update the indexes."""

import asyncio
import logging
from collections.abc import Coroutine, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from app.ingestion.domain import FileOutcome, FileStatus, JobProgress
from app.ingestion.files import FileStore
from kg.documents.file_names import shown
from kg.documents.parse import READS
from kg.documents.passages import split
from kg.domain import Block, Document, DocumentId, ParsedDocument, Passage
from kg.errors import (
    EmptyDocument,
    KnowledgeError,
    StorageFull,
    StoreLocked,
    StoreUnavailable,
    UnreadableDocument,
    said,
)
from kg.protocols import ParseResult, Store
from models.errors import ModelError
from retrieval.index.builder import Indexes
from retrieval.index.mentions import linked_mentions

_log = logging.getLogger(__name__)
_BATCH = 256
_SKIPPED_NAMES = {".DS_Store", "Thumbs.db"}


class FileParser(Protocol):
    """Parses one file in another process: a process pool or Ray."""

    async def parse(self, path: Path) -> ParseResult:
        """Parse; raises UnreadableDocument."""


class Ingestion:
    """Ingests files into the library."""

    def __init__(self, *, store: Store, indexes: Indexes, files: FileStore, parser: FileParser, at_once: int) -> None:
        self._store = store
        self._indexes = indexes
        self._files = files
        self._parser = parser
        self._slots = asyncio.Semaphore(at_once)
        self._embedding: set[asyncio.Task[None]] = set()
        self._warmed = False

    async def ingest(self, paths: Sequence[Path], progress: JobProgress) -> list[FileOutcome]:
        """Ingest files concurrently; returns one outcome a file, in the given order.

        Raises StorageFull and StoreUnavailable; the same call can then be repeated without loss.
        """
        return list(await asyncio.gather(*(self._ingest_counted(path, progress) for path in paths)))

    async def catch_up(self, progress: JobProgress) -> int:
        """Update the indexes to the store's revision; returns it."""
        progress.stage = "indexing"
        if self._embedding:
            await asyncio.wait(self._embedding)

        def tell(stage: str, done: int, total: int) -> None:
            if stage == "embed":
                progress.embedded, progress.to_embed = done, total

        snapshot = await self._indexes.catch_up(tell)
        progress.stage = "done"
        return int(snapshot.manifest.revision)

    async def _ingest_counted(self, path: Path, progress: JobProgress) -> FileOutcome:
        async with self._slots:
            outcome = await self._ingest_safely(path)
        progress.files += 1
        progress.documents += outcome.documents
        progress.passages += outcome.passages
        progress.failed += outcome.status is FileStatus.FAILED
        return outcome

    async def _ingest_safely(self, path: Path) -> FileOutcome:
        name = shown(path)
        try:
            return await self._ingest_file(path)
        except (StorageFull, StoreUnavailable, StoreLocked, ModelError):
            raise
        except (UnreadableDocument, KnowledgeError) as error:
            return FileOutcome(name, FileStatus.FAILED, error=str(error), kind=type(error).__name__)
        except OSError as error:
            why = f"{name}: cannot be read ({error.strerror or error})"
            return FileOutcome(name, FileStatus.FAILED, error=why, kind=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - the edge of a job: one bad file never stops the others
            _log.exception("ingesting %s failed", name)
            return FileOutcome(name, FileStatus.FAILED, error=f"{name}: {said(error)}", kind=type(error).__name__)

    async def _ingest_file(self, path: Path) -> FileOutcome:
        kept = await asyncio.to_thread(self._files.keep, path)
        before = await self._already_in(kept)
        if before is not None:
            return FileOutcome(shown(path), FileStatus.KNOWN, known=before)
        self._warm()
        result = await self._parser.parse(path)
        added = known = passages = 0
        for start in range(0, len(result.documents), _BATCH):
            batch = result.documents[start : start + _BATCH]
            there = {d.id for d in await self._store.documents([document.id for document, _ in batch])}
            new = await self._with_passages([(d, blocks) for d, blocks in batch if d.id not in there])
            if new:
                await self._store.put(new, author="ingestion", reason=f"ingest {shown(path.name)}")
            self._embed_soon(passage for document in new for passage in document.passages)
            added += len(new)
            known += len(batch) - len(new)
            passages += sum(len(document.passages) for document in new)
        problems = tuple(f"line {p.line}: {p.why}" for p in result.problems)
        if not problems:
            await asyncio.to_thread(self._files.note, kept, [d.id for d, _ in result.documents])
        status = FileStatus.ADDED if added else FileStatus.KNOWN if known else FileStatus.FAILED
        error = None if added or known else f"{shown(path)}: none of {len(problems)} records could be read"
        return FileOutcome(
            shown(path),
            status,
            documents=added,
            known=known,
            passages=passages,
            problems=problems,
            warnings=result.warnings,
            error=error,
            kind="BrokenRecord" if error else None,
        )

    async def _with_passages(self, parsed: Sequence[tuple[Document, tuple[Block, ...]]]) -> list[ParsedDocument]:
        linker = await self._indexes.newest_linker()

        def build() -> list[ParsedDocument]:
            built = []
            for document, blocks in parsed:
                passages = split(document, blocks)
                mentions = tuple(m for p in passages for m in linked_mentions(linker, p))
                built.append(ParsedDocument(document, blocks, passages, mentions))
            return built

        return await asyncio.to_thread(build)

    def _embed_soon(self, passages: Iterable[Passage]) -> None:
        waiting = list(passages)
        if waiting:
            self._beside(self._indexes.embed_early(waiting))

    def _warm(self) -> None:
        """Load the embedder while the first file is parsed."""
        if not self._warmed:
            self._warmed = True
            self._beside(self._indexes.warm())

    def _beside(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._embedding.add(task)
        task.add_done_callback(self._embedded)

    def _embedded(self, task: "asyncio.Task[None]") -> None:
        """Embed ahead of time; an error here occurs again, and is reported, when the indexes catch up."""
        self._embedding.discard(task)
        if not task.cancelled():
            task.exception()

    async def _already_in(self, kept: str) -> int | None:
        marked = await asyncio.to_thread(self._files.noted, kept)
        if not marked:
            return None
        there = await self._store.documents([DocumentId(i) for i in marked])
        return len(marked) if len(there) == len(marked) else None


def files_under(paths: Iterable[Path]) -> list[Path]:
    """The named files and the files in named folders, in a stable order, without hidden files.

    Raises EmptyDocument if there is none.
    """
    named, found = list(paths), list[Path]()
    for path in named:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file())
            found += [
                p
                for p in inside
                if p.name not in _SKIPPED_NAMES and not any(part.startswith(".") for part in p.relative_to(path).parts)
            ]
        else:
            found.append(path)
    if not found:
        where = ", ".join(map(shown, named)) or "what was named"
        raise EmptyDocument(where, "no file is in it", f"put files there; those that are read are {READS}")
    return list(dict.fromkeys(p.absolute() for p in found))
