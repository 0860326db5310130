"""The upkeep of a service's indexes: they are rebuilt by another process once enough has changed."""

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from app.priority import give_way
from app.settings import environment_of
from kg.errors import KnowledgeError

_log = logging.getLogger(__name__)
_EVERY_S, _AFTER_FAILURE_S, _LONGEST_WAIT_S = 60.0, 3600.0, 12 * 3600.0
_TOLD = 500


class Changing(Protocol):
    """Indexes that are changed while they are used."""

    async def worth_rebuilding(self) -> bool:
        """Whether enough has changed since the last rebuild."""


async def keep_whole(
    indexes: Changing,
    rebuild: Callable[[], Awaitable[None]],
    idle: Callable[[], Awaitable[bool]],
    *,
    every_s: float = _EVERY_S,
    longest_wait_s: float = _LONGEST_WAIT_S,
    after_failure_s: float = _AFTER_FAILURE_S,
) -> None:
    """Rebuild whenever it is worth it and no job runs that changes them again, until cancelled.

    A job is waited for half a day at most. A rebuild that fails is told in the log and tried later.
    """
    waits_since: float | None = None
    while True:
        await asyncio.sleep(every_s)
        try:
            if not await indexes.worth_rebuilding():
                continue
            waits_since = waits_since or time.monotonic()
            if await _said(idle) or time.monotonic() - waits_since > longest_wait_s:
                waits_since = None
                await rebuild()
        except (KnowledgeError, OSError) as error:
            _log.warning("the indexes are not rebuilt: %s", error)
            await asyncio.sleep(after_failure_s)


async def _said(idle: Callable[[], Awaitable[bool]]) -> bool:
    """Whether it is known that no job runs."""
    with suppress(KnowledgeError):
        return await idle()
    return False


async def rebuild_beside(home: Path) -> None:
    """Run ``jianxi index rebuild`` on a home where nothing else wants to run; raises KnowledgeError if it fails."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from app.cli.main import main; main()", "index", "rebuild", "--json",
        env=environment_of(home),
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        give_way(process.pid)
        _, told = await process.communicate()
    except asyncio.CancelledError:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        raise
    if process.returncode:
        raise KnowledgeError(told.decode("utf-8", "replace").strip()[-_TOLD:] or f"it ended with {process.returncode}")
