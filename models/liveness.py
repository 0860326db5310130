"""Waiting for a server's next word, with a look at whether the server lives."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

FIRST_LOOK_S = 0.4
NEXT_LOOK_S = 5.0
T = TypeVar("T")


async def wait_while_alive(waiting: Awaitable[T], lives: Callable[[], Awaitable[None]]) -> T:
    """What is waited for; while it does not come, ``lives`` is called and what it raises ends the waiting.

    A server that reads a long prompt is silent for half a minute and answers ``lives`` all the while; one that has
    died with its port open answers neither, and is known within the first look and the time that ``lives`` takes.
    """
    task = asyncio.ensure_future(waiting)
    try:
        pause = FIRST_LOOK_S
        while not (await asyncio.wait({task}, timeout=pause))[0]:
            await lives()
            pause = NEXT_LOOK_S
        return task.result()
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
