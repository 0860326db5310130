"""The worker: a process of low priority beside a service, which works on its jobs while the service answers."""

import asyncio
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from app.ingestion.jobs import SERVICE, Jobs
from app.settings import environment_of
from kg.errors import KnowledgeError, StorageFull, StoreLocked, StoreUnavailable

if TYPE_CHECKING:
    from app.bootstrap import App

_log = logging.getLogger(__name__)
_RETRY_S = 2.0
_LOOK_S = 0.1
_LOOKS = 30
_REST_S = 60.0
"""After so long without a job a worker that has had one ends, which gives its memory back; a fresh one follows."""

_STOP_S = 10.0
_LEAST_PRIORITY = 19


async def work(app: "App") -> None:
    """Work on the jobs of a home until the process that started this one is gone, or until nothing is left to do."""
    give_way()
    jobs = await app.open_jobs()
    tasks = [asyncio.create_task(become_worker(app)), asyncio.create_task(_parent_gone())]
    tasks.append(asyncio.create_task(jobs.rested(_REST_S)))
    try:
        await asyncio.wait(tasks[1:], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def give_way() -> None:
    """Let this process and its children run only where no other process wants to."""
    try:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    except (AttributeError, OSError):
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, 0, _LEAST_PRIORITY)


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


async def keep_worker(jobs: Jobs, home: Path) -> None:
    """Keep a worker beside this process and leave all jobs to it, until cancelled."""
    jobs.begin_soon()
    with suppress(KnowledgeError):
        jobs.begin_service()
    while True:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "from app.cli.main import main; main()", "work",
            env=environment_of(home), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            await _connected(jobs, process)
            code = await process.wait()
        finally:
            if process.returncode is None:
                await _stopped(process)
        if code:
            _log.warning("the worker of jobs ended with %d; another one is started", code)
            await asyncio.sleep(_RETRY_S)


async def _connected(jobs: Jobs, process: asyncio.subprocess.Process) -> None:
    """Leave jobs to whichever process works on the home; what prevents it, such as a broken database, is kept."""
    looks = 0
    while process.returncode is None:
        looks += 1
        if jobs.works_elsewhere() or looks > _LOOKS:
            try:
                await jobs.queue_for_worker()
                return
            except (StorageFull, StoreUnavailable) as error:
                jobs.problem = str(error)
            finally:
                jobs.begun()
        await asyncio.sleep(_LOOK_S if looks <= _LOOKS else _RETRY_S)


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
