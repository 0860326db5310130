"""The worker: a process of low priority beside a service, which works on its jobs while the service answers."""

import asyncio
import logging
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from app.ingestion.jobs import SERVICE, Jobs
from app.settings import environment_of
from app.worker_pause import WorkerPause
from kg.errors import KnowledgeError, StorageFull, StoreLocked, StoreUnavailable

if TYPE_CHECKING:
    from app.bootstrap import App

_log = logging.getLogger(__name__)
_RETRY_S, _LONGEST_RETRY_S = 2.0, 60.0
_SOON_S = 30.0
"""A worker that ends so soon is started again later each time; one that has not begun by then is told of."""

_LOOK_S = 0.1
_REST_S = 60.0
"""After so long without a job a worker that has had one ends, which gives its memory back; a fresh one follows."""

_STOP_S = 10.0


async def work(app: "App") -> None:
    """Work on the jobs of a home until the process that started this one is gone, or until nothing is left to do."""
    tasks = [asyncio.create_task(_worked(app)), asyncio.create_task(_parent_gone())]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _worked(app: "App") -> None:
    await become_worker(app)
    await (await app.open_jobs()).rested(_REST_S)


async def become_worker(app: "App") -> None:
    """Become the home's job worker as soon as no other process is; what prevents it is logged once."""
    jobs = await app.open_jobs()
    jobs.begin_soon()
    logged = ""
    while not jobs.worker:
        try:
            await app.ready()
            unfinished = await jobs.start(SERVICE)
            if unfinished:
                _log.warning("resuming interrupted jobs: %s", ", ".join(unfinished))
        except KnowledgeError as error:
            if logged != str(error):
                logged = str(error)
                _log.warning("jobs wait, because this service cannot work on them yet: %s", error)
            if isinstance(error, StoreLocked):
                with suppress(StorageFull, StoreUnavailable):
                    await jobs.queue_for_worker()
        finally:
            jobs.begun()
        if not jobs.worker:
            await asyncio.sleep(_RETRY_S)


async def keep_worker(jobs: Jobs, home: Path, pause: WorkerPause) -> None:
    """Keep a worker beside this process and leave all jobs to it, until cancelled.

    A worker reads its settings from the environment. What prevents work on the jobs is told at ``/ready``. Searches
    pause the worker by ``pause``.
    """
    jobs.begin_soon()
    wait_s = _RETRY_S
    while True:
        began = time.monotonic()
        problem = await _one_worker(jobs, home, pause)
        if problem:
            jobs.problem = problem
            jobs.begun()
            _log.warning("%s; another one is started in %.0f s", problem, wait_s)
            await asyncio.sleep(wait_s)
        wait_s = _RETRY_S if time.monotonic() - began > _SOON_S else min(2 * wait_s, _LONGEST_RETRY_S)


async def _one_worker(jobs: Jobs, home: Path, pause: WorkerPause) -> str:
    """Start a worker and wait until it ends; returns what went wrong, nothing where it ended to rest."""
    try:
        jobs.begin_service()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "from app.cli.main import main; main()", "work",
            env=environment_of(home), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
    except (KnowledgeError, OSError) as error:
        return f"the worker of jobs cannot be started: {error}"
    connecting = asyncio.create_task(_connected(jobs, process, pause))
    try:
        code = await process.wait()
    finally:
        pause.release()
        connecting.cancel()
        await asyncio.gather(connecting, return_exceptions=True)
        if process.returncode is None:
            await _stopped(process)
    return f"the worker of jobs ended with {code}, the log says why" if code else ""


async def _connected(jobs: Jobs, process: asyncio.subprocess.Process, pause: WorkerPause) -> None:
    """Leave jobs to whichever process works on the home, once one does; until then keep what prevents it."""
    began = time.monotonic()
    while not (works := jobs.works_elsewhere()):
        await asyncio.sleep(_LOOK_S)
        problem = jobs.problem_of(process.pid)
        if not problem and time.monotonic() - began > _SOON_S:
            problem = "no process works on the jobs yet, the log says why"
        if problem:
            jobs.problem = problem
            jobs.begun()
    if works == process.pid:
        pause.control(process.pid)
    while True:
        try:
            await jobs.queue_for_worker(again=True)
            return
        except (StorageFull, StoreUnavailable) as error:
            jobs.problem = str(error)
        finally:
            jobs.begun()
        await asyncio.sleep(_RETRY_S)


async def _stopped(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    with suppress(TimeoutError):
        await asyncio.wait_for(process.wait(), _STOP_S)
        return
    with suppress(ProcessLookupError):
        process.kill()
    await process.wait()


async def _parent_gone() -> None:
    """Wait until the other end of the standard input is closed, as it is when its process ends in any way."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
