"""The use case of ingestion: parse files, split passages, find mentions, store them, update the indexes."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Protocol

from app.ingestion.domain import FileOutcome, FileStatus, JobProgress
from app.ingestion.embedding_ahead import EmbeddingAhead
from app.ingestion.files import FileStore
from app.ingestion.left_out import left_out, told_kept, told_removed
from app.ingestion.versions import Neighbours, Parsed, Versions, versions_of
from kg.documents.file_names import shown
from kg.domain import Document, DocumentId, ParsedDocument, Passage, Revision
from kg.errors import (
    KnowledgeError,
    OtherUse,
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
_BATCH, _BATCH_PASSAGES = 256, 512
"""Most documents of a file that are stored at once, and most of their passages, unless one has more."""

_TOLD = 20
_SHOW_EVERY_S, _SHOW_SHARE = 60.0, 0.1
"""How often the documents of a running job become searchable, and the most of its time that this may take."""


class FileParser(Protocol):
    """Parses one file in another process: a process pool or Ray."""

    async def parse(self, path: Path) -> ParseResult:
        """Parse; raises UnreadableDocument."""


class Ingestion:
    """Ingests files into the library."""

    def __init__(
        self, *, store: Store, indexes: Indexes, files: FileStore, inbox: Path, parser: FileParser, at_once: int
    ) -> None:
        self._store = store
        self._inbox = inbox
        self._indexes = indexes
        self._files = files
        self._parser = parser
        self._slots = asyncio.Semaphore(at_once)
        self._embedding = EmbeddingAhead(indexes)
        self._writing = asyncio.Lock()
        self._show_after = 0.0
        self._shown_of: JobProgress | None = None
        self._holders: dict[DocumentId, str] = {}
        self._held: dict[str, list[DocumentId]] = {}

    async def ingest(
        self, paths: Sequence[Path], progress: JobProgress, *, job: Sequence[Path] = (), author: str = "ingestion"
    ) -> list[FileOutcome]:
        """Ingest files concurrently; returns one outcome a file, in the given order.

        ``job`` are all files of the job that these belong to; what is stored of a long one can be found meanwhile.
        Raises StorageFull and StoreUnavailable; the same call can then be repeated without loss.
        """
        batch = _Batch(Counter(map(self.name, job or paths)), author)
        if progress is not self._shown_of:
            self._shown_of, self._show_after = progress, time.monotonic() + _SHOW_EVERY_S
            self._held = {}
        tasks = [asyncio.create_task(self._ingest_counted(path, progress, batch)) for path in paths]
        try:
            return await asyncio.gather(*tasks)
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise

    async def remove_left_out(
        self, outcomes: Sequence[FileOutcome], progress: JobProgress, *, author: str = "ingestion"
    ) -> list[FileOutcome]:
        """Remove what the files of a job held before and hold no more; returns the outcomes that this changes.

        What moved to another file stays, and what a file held of which a part could not be read. Comes after all files
        of the job; of files that were ingested in an earlier process, the next ingestion removes it.
        """
        if progress is not self._shown_of:
            return []
        held = set[DocumentId]().union(*self._held.values())
        read = [one for one in outcomes if one.path in self._held and PurePath(one.path).is_absolute()]
        async with self._writing:
            gone = {one.path: await left_out(self._store, one.path, held) for one in read}
            ids = {document.id for many in gone.values() for document in many}
            places = await asyncio.to_thread(self._files.places, ids) if ids else {}
            changed = []
            for one in read:
                mine = [d for d in gone[one.path] if places.get(d.id) == {one.path}]
                if mine:
                    changed.append(await self._without(mine, one, author))
        return changed

    def embed_no_more(self) -> None:
        """Forget what waits for the embedder, because its job was stopped."""
        self._embedding.cancel()

    async def catch_up(self, progress: JobProgress) -> int:
        """Update the indexes to the store's revision; returns it."""
        await self._embedding.all_done()
        progress.stage, before = "indexing", progress.embedded

        def tell(stage: str, done: int, total: int) -> None:
            if stage == "embed":
                progress.to_embed = max(progress.to_embed, before + total)
                progress.embedded = before + done

        snapshot = await self._indexes.catch_up(tell)
        progress.stage, progress.embedded = "done", progress.to_embed
        return int(snapshot.manifest.revision)

    async def _show(self, progress: JobProgress) -> None:
        """Make what is stored searchable, where that has not been done for a while; nothing is stored meanwhile.

        What goes wrong is logged; at the end of the job it occurs again and is reported. Raises StorageFull,
        StoreUnavailable and StoreLocked.
        """
        if time.monotonic() < self._show_after:
            return
        self._show_after = float("inf")
        began = time.monotonic()
        try:
            async with self._writing:
                await self._embedding.all_done()
                began = time.monotonic()
                await self.catch_up(progress)
        except (StorageFull, StoreUnavailable, StoreLocked):
            raise
        except Exception as error:  # noqa: BLE001 - the file that is stored just now has no part in it
            _log.warning("what is stored so far cannot be searched yet: %s", said(error))
        finally:
            progress.stage = "parsing"
            ended = time.monotonic()
            self._show_after = ended + max(_SHOW_EVERY_S, (ended - began) / _SHOW_SHARE)

    async def _ingest_counted(self, path: Path, progress: JobProgress, batch: "_Batch") -> FileOutcome:
        async with self._slots:
            outcome = await self._ingest_safely(path, progress, batch)
        progress.files += 1
        progress.failed += outcome.status is FileStatus.FAILED
        return outcome

    async def _ingest_safely(self, path: Path, progress: JobProgress, batch: "_Batch") -> FileOutcome:
        name = self.name(path)
        try:
            return await self._ingest_file(path, name, progress, batch)
        except (StorageFull, StoreUnavailable, StoreLocked, ModelError):
            raise
        except OtherUse as error:
            return FileOutcome(name, FileStatus.SKIPPED, error=error.why, kind=type(error).__name__)
        except (UnreadableDocument, KnowledgeError) as error:
            why = str(error).replace(shown(path), name)
            return FileOutcome(name, FileStatus.FAILED, error=why, kind=type(error).__name__)
        except OSError as error:
            why = f"{name}: cannot be read ({error.strerror or error})"
            return FileOutcome(name, FileStatus.FAILED, error=why, kind=type(error).__name__)
        except Exception as error:  # noqa: BLE001 - the edge of a job: one bad file never stops the others
            _log.exception("ingesting %s failed", name)
            return FileOutcome(name, FileStatus.FAILED, error=f"{name}: {said(error)}", kind=type(error).__name__)

    async def _ingest_file(self, path: Path, name: str, progress: JobProgress, batch: "_Batch") -> FileOutcome:
        kept = await asyncio.to_thread(self._files.keep, path)
        async with self._writing:
            before = await self._already_in(kept, name)
        if before is not None:
            self._held[name] = before
            await asyncio.to_thread(self._files.note, kept, before, path=name)
            return FileOutcome(name, FileStatus.KNOWN, known=len(before))
        self._embedding.warm()
        try:
            result = await self._parser.parse(path)
        except UnreadableDocument:
            await asyncio.to_thread(self._files.discard, kept)
            raise
        read = [(replace(document, path=name), blocks) for document, blocks in result.documents]
        cut = {document.id: passages for (document, _), passages in zip(read, result.passages, strict=True)}
        added = replaced = passages = 0
        warnings: list[str] = []
        for some in _batches(read, cut):
            new = await self._missing(some)
            built = await self._with_mentions(new, cut)
            async with self._writing:
                versions = await versions_of(self._store, new, Neighbours(read, batch.files, self._holders))
                if new:
                    revision = await self._store.put(
                        built, author=batch.author, reason=f"ingest {PurePath(name).name}", replacing=versions.replaced
                    )
                    warnings += _told(versions, revision)
            await self._embedding.soon([passage for document in built for passage in document.passages], progress)
            cut_now = sum(len(document.passages) for document in built)
            added, passages, replaced = added + len(new), passages + cut_now, replaced + len(versions.replaced)
            progress.documents += len(new)
            progress.passages += cut_now
            await self._show(progress)
        known = len(read) - added
        problems = tuple(f"line {p.line}: {p.why}" for p in result.problems)
        self._held[name] = [document.id for document, _ in read]
        await asyncio.to_thread(self._files.note, kept, self._held[name], path=name, whole=not problems)
        return FileOutcome(
            name,
            FileStatus.ADDED if added else FileStatus.KNOWN,
            documents=added,
            known=known,
            replaced=replaced,
            passages=passages,
            problems=problems,
            warnings=(*result.warnings, *_first(warnings)),
        )

    async def _without(self, gone: Sequence[Document], outcome: FileOutcome, author: str) -> FileOutcome:
        if outcome.problems:
            return replace(outcome, warnings=(*outcome.warnings, told_kept(gone)))
        reason = f"ingest {PurePath(outcome.path).name}: not in it any more"
        revision = await self._store.remove([document.id for document in gone], author=author, reason=reason)
        return replace(outcome, removed=len(gone), warnings=(*outcome.warnings, told_removed(gone, revision)))

    def name(self, path: Path) -> str:
        """The path as it is kept and told; of an upload, the name that it was given."""
        return shown(path.name if path.is_relative_to(self._inbox) else path)

    async def _missing(self, read: Sequence[Parsed]) -> list[Parsed]:
        there = {d.id for d in await self._store.documents([document.id for document, _ in read])}
        return [(document, blocks) for document, blocks in read if document.id not in there]

    async def _with_mentions(
        self, parsed: Sequence[Parsed], cut: Mapping[DocumentId, tuple[Passage, ...]]
    ) -> list[ParsedDocument]:
        linker = await self._indexes.newest_linker()

        def build() -> list[ParsedDocument]:
            built = []
            for document, blocks in parsed:
                passages = cut[document.id]
                mentions = tuple(m for p in passages for m in linked_mentions(linker, p))
                built.append(ParsedDocument(document, blocks, passages, mentions))
            return built

        return await asyncio.to_thread(build)

    async def _already_in(self, kept: str, name: str) -> list[DocumentId] | None:
        marked = await asyncio.to_thread(self._files.noted, kept)
        if not marked:
            return None
        there = await self._store.documents([DocumentId(i) for i in marked])
        if len(there) < len(marked):
            return None
        if len(marked) == 1 and name.startswith("/"):
            self._holders[there[0].id] = name
        return [document.id for document in there]


@dataclass(frozen=True, slots=True)
class _Batch:
    """Files that are ingested together, counted by name."""

    files: Counter[str]
    author: str


def _told(versions: Versions, revision: Revision) -> list[str]:
    replaced = [
        f"{old.title!r} ({old.id}) of {old.path} is replaced by {new}; `jianxi kg undo {revision}` brings it back"
        for new, many in versions.earlier.items()
        for old in many
    ]
    return replaced + versions.beside


def _batches(read: Sequence[Parsed], cut: Mapping[DocumentId, tuple[Passage, ...]]) -> Iterator[list[Parsed]]:
    batch, passages = list[Parsed](), 0
    for parsed in read:
        its = len(cut[parsed[0].id])
        if batch and (len(batch) == _BATCH or passages + its > _BATCH_PASSAGES):
            yield batch
            batch, passages = [], 0
        batch.append(parsed)
        passages += its
    if batch:
        yield batch


def _first(warnings: list[str]) -> list[str]:
    more = len(warnings) - _TOLD
    return warnings if more <= 0 else [*warnings[:_TOLD], f"and {more} more of this kind"]
