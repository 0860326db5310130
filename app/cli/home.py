"""Work of a command on the application of its home."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from app.bootstrap import App

P = ParamSpec("P")
T = TypeVar("T")


def with_app(work: "Callable[[App], Coroutine[Any, Any, T]]", *, engine: str = "local") -> T:
    """The result of the work; the application is open while it runs."""

    async def run() -> T:
        from app.bootstrap import build
        from app.settings import Settings

        async with build(Settings(), engine=engine) as app:
            return await work(app)

    return asyncio.run(run())


def on_app(command: "Callable[Concatenate[App, P], Coroutine[Any, Any, None]]") -> Callable[P, None]:
    """A command whose first parameter is the open application; its options are the other parameters."""

    @wraps(command)
    def run(*args: P.args, **options: P.kwargs) -> None:
        with_app(lambda app: command(app, *args, **options))

    given = signature(command)
    first, *others = given.parameters.values()
    run.__signature__ = given.replace(parameters=others)  # type: ignore[attr-defined]
    run.__annotations__ = {name: kind for name, kind in command.__annotations__.items() if name != first.name}
    del run.__wrapped__
    return run
