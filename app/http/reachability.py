"""Checks that the store and the chat model can be reached, each within a few seconds."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from app.bootstrap import App
from kg.errors import StoreUnavailable

TIMEOUT_S = 2.5
T = TypeVar("T")


async def in_time(work: Coroutine[Any, Any, T], *, late: Exception | None = None) -> T:
    """The result of the work; raises ``late``, else TimeoutError, after 2.5 s without waiting for the cancelled work.

    ``asyncio.timeout`` waits until the work has handled its cancellation, and a driver asks its silent server for that.
    """
    task = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=TIMEOUT_S)
    finally:
        if not task.done():
            task.cancel()
            task.add_done_callback(_forget)
    if not done:
        raise late or TimeoutError
    return task.result()


def _forget(task: "asyncio.Task[Any]") -> None:
    if not task.cancelled():
        task.exception()


async def reachable(app: App) -> None:
    """Raise StoreUnavailable or ModelUnavailable within 3 s if the store or the chat model cannot be reached.

    A chat model that cannot be reached is accepted if extractive answers may replace it.
    """
    choice = await app.chat()
    looks = [_store(app)]
    if choice.probe is not None and not app.settings.chat_fallback:
        looks.append(choice.probe())
    for found in await asyncio.gather(*looks, return_exceptions=True):
        if found is not None:
            raise found


async def opened(app: App) -> None:
    """Open the store if needed and check that a store server answers; raises StoreUnavailable within 3 s."""
    late = StoreUnavailable(
        f"the store {app.where_store} is being opened and gave no answer within {TIMEOUT_S} s; see whether it is "
        "overloaded, try again in a few seconds"
    )
    await in_time(app.ready(), late=late)
    if app.settings.store != "sqlite":
        await _store(app)


async def _store(app: App) -> None:
    why = f"the store {app.where_store} gave no answer within {TIMEOUT_S} s; see whether it is overloaded"
    await in_time(app.store.head(), late=StoreUnavailable(why))
