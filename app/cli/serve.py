"""The commands that serve: HTTP, and the jobs beside it."""

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.output import fail
from app.http.loopback import is_loopback

if TYPE_CHECKING:
    from app.settings import Settings

_CONNECTIONS = 1000
"""Beyond so many connections a request is answered 503."""


def serve(
    host: Annotated[str | None, typer.Option(help="Address; by default JIANXI_HOST (loopback).")] = None,
    port: Annotated[int | None, typer.Option(help="Port; by default JIANXI_PORT.")] = None,
) -> None:
    """Serve the HTTP API and the page at /."""
    import asyncio

    import uvicorn

    from app.http.api import create_api
    from app.http.patience import PatientProtocol
    from app.settings import Settings

    given = {k: v for k, v in {"host": host, "port": port}.items() if v is not None}
    settings = Settings().model_copy(update=given)
    if not is_loopback(settings.host) and not asyncio.run(_has_keys(settings)):
        fail(
            f"refusing to serve on {settings.host} without API keys: anyone there could read and write; "
            "make one with `jianxi keys create NAME --role expert`, or serve on 127.0.0.1"
        )
    _log_to_stderr()
    uvicorn.run(
        create_api(settings),
        host=settings.host,
        port=settings.port,
        log_level="info",
        access_log=settings.log_questions,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=5,
        http=PatientProtocol,
        limit_concurrency=_CONNECTIONS,
    )


def work() -> None:
    """Work on the jobs of a service until it ends; the service starts this itself."""
    from app.priority import give_way
    from app.worker_pause import resume_when_parent_dies

    give_way()
    resume_when_parent_dies()
    import asyncio
    import signal

    from app.bootstrap import build
    from app.settings import Settings
    from app.worker import work as working

    async def until_told() -> None:
        loop, own = asyncio.get_running_loop(), asyncio.current_task()
        if own is not None:
            loop.add_signal_handler(signal.SIGTERM, own.cancel)
        async with build(Settings(), open_store=False) as app:
            await working(app)

    # Ctrl-C reaches the service as well, which then ends this process.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _log_to_stderr()
    with suppress(asyncio.CancelledError):
        asyncio.run(until_told())


def _log_to_stderr() -> None:
    import logging

    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")
    for name in ("app.http.access", "app.ingestion.jobs"):
        logging.getLogger(name).setLevel(logging.INFO)


async def _has_keys(settings: "Settings") -> bool:
    from app.state.state import open_state

    async with open_state(settings.state, folder=settings.home_path) as state:
        return await state.keys.any_active()
