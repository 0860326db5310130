"""Whether what an answer needs can be reached, asked before a run is started."""

import asyncio

from app.bootstrap import App
from kg.errors import StoreUnavailable

_TIMEOUT_S = 2.5


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
    """Open the store if it is not open yet; raises StoreUnavailable within 3 s."""
    try:
        await asyncio.wait_for(app.ready(), _TIMEOUT_S)
    except TimeoutError as error:
        raise StoreUnavailable("the store is being opened; try again in a few seconds") from error


async def _store(app: App) -> None:
    try:
        await asyncio.wait_for(app.store.head(), _TIMEOUT_S)
    except TimeoutError as error:
        raise StoreUnavailable(
            f"the store gave no answer within {_TIMEOUT_S} s; see whether it is overloaded"
        ) from error
