"""Waits for a server's next output and checks that the server is alive."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

FIRST_LOOK_S = 0.4
NEXT_LOOK_S = 5.0
T = TypeVar("T")


async def wait_while_alive(waiting: Awaitable[T], lives: Callable[[], Awaitable[None]]) -> T:
    """The awaited value; while it is missing, ``lives`` is called, and an error that it raises ends the wait.

    A server that reads a long prompt is silent for half a minute but answers ``lives``; one that has
    died with its port open does not, and is found at the first check plus the time that ``lives`` takes.
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
