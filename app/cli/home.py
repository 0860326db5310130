"""Work of a command on the application of its home."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from app.bootstrap import App

T = TypeVar("T")


def with_app(work: "Callable[[App], Coroutine[Any, Any, T]]", *, engine: str = "local") -> T:
    """The result of the work; the application is open while it runs."""

    async def run() -> T:
        from app.bootstrap import build
        from app.settings import Settings

        async with build(Settings(), engine=engine) as app:
            return await work(app)

    return asyncio.run(run())
