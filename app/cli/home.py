"""Commands on what a home holds: its application, its operational state."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from functools import wraps
from inspect import signature
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

if TYPE_CHECKING:
    from app.bootstrap import App
    from app.state.state import State

P = ParamSpec("P")
T = TypeVar("T")


def app_of_home(*, engine: str = "local") -> "AbstractAsyncContextManager[App]":
    """The application of the home that the settings name."""
    from app.bootstrap import build
    from app.settings import Settings

    return build(Settings(), engine=engine)


def _state_of_home() -> "AbstractAsyncContextManager[State]":
    from app.settings import Settings
    from app.state.state import open_state

    settings = Settings()
    return open_state(settings.state, folder=settings.home_path)


def on_app(command: "Callable[Concatenate[App, P], Coroutine[Any, Any, None]]") -> Callable[P, None]:
    """A command whose first parameter is the open application; its options are the other parameters."""
    return _with_opened(command, app_of_home)


def on_state(command: "Callable[Concatenate[State, P], Coroutine[Any, Any, None]]") -> Callable[P, None]:
    """A command whose first parameter is the open state, without the rest of the application."""
    return _with_opened(command, _state_of_home)


def _with_opened(
    command: Callable[Concatenate[T, P], Coroutine[Any, Any, None]], opens: Callable[[], AbstractAsyncContextManager[T]]
) -> Callable[P, None]:
    @wraps(command)
    def run(*args: P.args, **options: P.kwargs) -> None:
        async def opened() -> None:
            async with opens() as given:
                await command(given, *args, **options)

        asyncio.run(opened())

    first, *others = signature(command).parameters.values()
    run.__signature__ = signature(command).replace(parameters=others)  # type: ignore[attr-defined]
    run.__annotations__ = {name: kind for name, kind in command.__annotations__.items() if name != first.name}
    del run.__wrapped__
    return run
