"""The ASGI application: its routers, its lifespan and its middleware."""

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from functools import partial
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.errors import ServerErrorMiddleware

from app.answering.runs.fair_threads import FairThreads
from app.answering.runs.service import RunLimits
from app.bootstrap import App, build
from app.doctor import FORESEEN
from app.errors import AppError
from app.http import access, answers, documents, health, knowledge, openai_compat, page
from app.http.limits import BodyLimit
from app.http.loopback import is_loopback
from app.http.methods import HeadAsGet
from app.http.metrics import Metrics, MetricsMiddleware
from app.http.openapi import describe
from app.http.problems import add_problems, told_as_problem
from app.http.rates import RateLimit
from app.http.searches import Searches
from app.http.security_headers import SecurityHeaders
from app.index_upkeep import keep_whole, rebuild_beside
from app.ingestion.jobs import Jobs
from app.settings import Settings
from app.worker import become_worker, keep_worker

_log = logging.getLogger(__name__)
_PRUNE_S = 6 * 3600.0
_THREADS = 8


def create_api(settings: Settings, *, app: App | None = None) -> FastAPI:
    """The service for a home; tests pass their own ``app``."""
    metrics = Metrics()

    @asynccontextmanager
    async def lifespan(api: FastAPI) -> AsyncIterator[None]:
        opened: AbstractAsyncContextManager[App] = nullcontext(app) if app else build(settings, open_store=False)
        async with opened as served:
            jobs = await served.open_jobs()
            # Who brings an application of its own has its jobs in this process, too.
            working = become_worker(served) if app else keep_worker(jobs, settings.home_path, served.worker_pause)
            async with _serving(api, served, jobs, working):
                yield

    api = FastAPI(
        title="Jianxi",
        version="1",
        summary="Answers from papers and a knowledge graph, with evidence for every sentence",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    api.state.metrics = metrics
    api.state.searches = Searches(RunLimits(settings.runs_per_key, settings.runs_at_once))
    parts = (health, page, answers, openai_compat, knowledge, documents)
    for part in parts:
        api.include_router(part.router)
    # an application of FastAPI holds its routers and not their routes
    api.state.routes = access.routes_in([*api.routes, *(route for part in parts for route in part.router.routes)])
    add_problems(api)
    describe(api)
    api.add_middleware(MetricsMiddleware, metrics=metrics)
    of_key, of_address = (
        given if given is not None else 0 if is_loopback(settings.host) else usual
        for given, usual in ((settings.rate_per_key, 120), (settings.rate_per_address, 600))
    )
    if of_key or of_address:
        api.add_middleware(RateLimit, of_address=of_address or None, of_key=of_key or None)
    api.add_middleware(BodyLimit, json_bytes=2 * 2**20, upload_bytes=settings.limit_size_mb * 2**20)
    # FastAPI's own is outside of all others, so that its responses have the headers of none
    api.add_middleware(ServerErrorMiddleware, handler=told_as_problem)
    if settings.cors_origins:
        api.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "HEAD", "POST", "DELETE"],
            allow_headers=["*"],
            expose_headers=["X-Run-Id", "Location", "Retry-After"],
        )
    api.add_middleware(SecurityHeaders)
    api.add_middleware(HeadAsGet)
    missing = access.undeclared(api.state.routes)
    if missing:
        raise RuntimeError(f"routes without a declared role: {', '.join(missing)}")
    return api


@asynccontextmanager
async def _serving(api: FastAPI, app: App, jobs: Jobs, working: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    asyncio.get_running_loop().set_default_executor(FairThreads(_THREADS, most_behind=_THREADS // 4))
    api.state.app = app
    api.state.jobs = jobs
    background = [
        _in_background(work)
        for work in (
            working,
            _warm(app),
            _prune(app),
            app.indexes.follow(),
            keep_whole(app.indexes, partial(rebuild_beside, app.settings.home_path), jobs.idle),
        )
    ]
    try:
        yield
    finally:
        for task in background:
            task.cancel()
        await asyncio.gather(*background, return_exceptions=True)


def _in_background(work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
    """A task whose failure is logged when it happens; nobody awaits it before the service ends."""

    def ended(task: asyncio.Task[None]) -> None:
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("work in the background has failed", exc_info=error)

    task = asyncio.create_task(work)
    task.add_done_callback(ended)
    return task


async def _prune(app: App) -> None:
    """Delete old runs, now and from time to time."""
    while app.settings.keep_runs_days:
        try:
            if gone := await app.prune_runs():
                _log.info("deleted %d runs older than %d days", gone, app.settings.keep_runs_days)
        except AppError as error:
            _log.warning("old runs are not deleted: %s", error)
        await asyncio.sleep(_PRUNE_S)


async def _warm(app: App) -> None:
    """Load the embedder, the judge and the names of the graph, and make what answers, before the first question.

    A part that fails is logged and leaves the others to be loaded.
    """
    for part, load in (("models", _load_models), ("names of the graph", _read_names), ("answers", _close_interrupted)):
        try:
            await load(app)
        except FORESEEN as error:
            _log.warning("%s are not ready: %s", part, error)


async def _close_interrupted(app: App) -> None:
    await (await app.answering()).recover()


async def _load_models(app: App) -> None:
    await asyncio.to_thread(app.embedder.encode_query, "间隙")
    if app.judge is not None:
        await asyncio.to_thread(app.judge.relevance, "间隙", ["间隙"])


async def _read_names(app: App) -> None:
    await app.ready()
    linker = await app.indexes.linker()
    await asyncio.to_thread(linker.prepare_questions)
