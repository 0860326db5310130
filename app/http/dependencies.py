"""Whether what an answer needs can be reached, asked before a run is started."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from app.bootstrap import App
from kg.errors import StoreUnavailable

TIMEOUT_S = 2.5
T = TypeVar("T")


async def in_time(work: Coroutine[Any, Any, T]) -> T:
    """What the work gives within 2.5 s, else TimeoutError at once.

    ``asyncio.timeout`` would wait until the work has taken notice, for which a driver asks its silent server.
    """
    task = asyncio.create_task(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=TIMEOUT_S)
    finally:
        if not task.done():
            task.cancel()
            task.add_done_callback(_forget)
    if not done:
        raise TimeoutError
    return task.result()


def _forget(task: "asyncio.Task[Any]") -> None:
    if not task.cancelled():
        task.exception()


async def reachable(app: App) -> None:
    """Raise StoreUnavailable or ModelUnavailable, within 3 s, where the store or the chat model is away.

    A chat model that is away is no hindrance where extractive answers may take its place.
    """
    choice = await app.chat()
    looks = [_store(app)]
    if choice.probe is not None and not app.settings.chat_fallback:
        looks.append(choice.probe())
    for found in await asyncio.gather(*looks, return_exceptions=True):
        if found is not None:
            raise found


async def opened(app: App) -> None:
    """Open the store if it is not open yet, and see that one on a server answers; StoreUnavailable within 3 s."""
    try:
        await in_time(app.ready())
    except TimeoutError as error:
        raise StoreUnavailable(
            f"the store {app.where_store} is being opened and gave no answer within {TIMEOUT_S} s; see whether it is "
            "overloaded, try again in a few seconds"
        ) from error
    if app.settings.store != "sqlite":
        await _store(app)


async def _store(app: App) -> None:
    try:
        await in_time(_head(app))
    except TimeoutError as error:
        raise StoreUnavailable(
            f"the store {app.where_store} gave no answer within {TIMEOUT_S} s; see whether it is overloaded"
        ) from error


async def _head(app: App) -> None:
    await app.store.head()
