"""Passages embedded while the next files are parsed."""

import asyncio
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any

from app.ingestion.domain import JobProgress
from kg.domain import Passage
from retrieval.index.builder import Indexes

_AT_A_TIME = 2
"""Documents whose passages go to the embedder at a time: one runs, one is prepared; the other threads stay free."""

_AHEAD = 1024
"""Passages that are stored and not embedded before more documents wait; they are held in memory."""


class EmbeddingAhead:
    """Embeds what is stored, beside its caller; an error occurs again, and is reported, when the indexes catch up."""

    def __init__(self, indexes: Indexes) -> None:
        self._indexes = indexes
        self._tasks: set[asyncio.Task[None]] = set()
        self._waiting = 0
        self._turn = asyncio.Semaphore(_AT_A_TIME)
        self._warmed = False

    def warm(self) -> None:
        """Load the embedder, where that has not been done."""
        if not self._warmed:
            self._warmed = True
            self._beside(self._indexes.warm())

    async def soon(self, passages: Sequence[Passage], progress: JobProgress) -> None:
        """Embed the passages; the caller waits where it is too far ahead."""
        if passages:
            self._waiting += len(passages)
            progress.to_embed += len(passages)
            self._beside(self._embed(passages, progress), passages=len(passages))
        while self._waiting > _AHEAD and self._tasks:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    async def all_done(self) -> None:
        """Wait for all that was given."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    def cancel(self) -> None:
        """Forget what waits."""
        for task in self._tasks:
            task.cancel()

    async def _embed(self, passages: Sequence[Passage], progress: JobProgress) -> None:
        async with self._turn:
            await self._indexes.embed_early(passages)
        progress.embedded += len(passages)

    def _beside(self, work: Coroutine[Any, Any, None], *, passages: int = 0) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(partial(self._ended, passages=passages))

    def _ended(self, task: asyncio.Task[None], *, passages: int) -> None:
        self._tasks.discard(task)
        self._waiting -= passages
        if not task.cancelled():
            task.exception()
