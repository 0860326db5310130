"""Durable jobs: DBOS workflows that resume after kill -9."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter

from app.ingestion.beats import Beats
from app.ingestion.domain import FileOutcome, Job, JobProgress, nothing_read, summary_of
from app.ingestion.inbox import Inbox
from app.ingestion.jobs_database import STATUS, client_of, configuration, imported_dbos, in_one_line, told_as_ours
from app.ingestion.lock import HomeLock
from app.ingestion.selection import selected
from app.ingestion.service import Ingestion
from kg.documents.file_names import read_back, written
from kg.errors import KnowledgeError, NotFound, StorageFull, StoreLocked, StoreUnavailable
from models.errors import ModelError
from retrieval.errors import RetrievalError

_log = logging.getLogger(__name__)
_OUTCOMES = TypeAdapter(list[FileOutcome])
_CHUNK = 32
_VERSION = "1"
_QUEUE = "ingestion"
SERVICE = "service"
"""The role of a service's worker, which takes the jobs of other processes."""

_STARTING = ", starting"
_LOOK_S = 0.1
_START_LOOKS = 300
_SILENCE_S = 10.0
_BEAT_S = 1.0


class Jobs:
    """Runs the ingestion jobs of one home; one process at a time is the worker, others submit jobs to it."""

    def __init__(self, *, url: str, lock: HomeLock, ingestion: Ingestion, inbox: Inbox, beats: Beats) -> None:
        self._url = url
        self._inbox = inbox
        self._beats = beats
        self._beating: asyncio.Task[None] | None = None
        self._lock = lock
        self._ingestion = ingestion
        self._progress: dict[str, JobProgress] = {}
        self._running: dict[str, Future[Any]] = {}
        self._ended: dict[str, tuple[float, str | None]] = {}
        self._workflow: Any = None
        self._client: Any = None
        self._begun = asyncio.Event()
        self._begun.set()
        self.problem: str | None = None
        """Why this process could not begin to work, None where it did or has not tried."""

    @property
    def worker(self) -> bool:
        """Whether this process runs the jobs."""
        return self._workflow is not None

    def begin_soon(self) -> None:
        """Let who asks for jobs wait for the first attempt to start; ``begun`` ends that."""
        if not self.worker:
            self._begun.clear()

    def begun(self) -> None:
        """Let nobody wait any longer: this process works, or has said what prevents it."""
        self._begun.set()

    async def start(self, role: str) -> list[str]:
        """Become the worker and resume interrupted jobs. Returns their ids.

        Raises StoreLocked, also where a service lives whose worker is only starting. Raises StorageFull and
        StoreUnavailable if the home or the jobs' database cannot be used; the call can be repeated.
        """
        if role != SERVICE and self._lock.service_lives():
            raise StoreLocked("a service works on this home")
        try:
            self._lock.acquire(f"{role}{_STARTING}")
        except (StorageFull, StoreUnavailable) as error:
            self.problem = str(error)
            raise
        dbos = imported_dbos()
        launching = asyncio.create_task(self._call(self._launch, asyncio.get_running_loop()))
        try:
            unfinished: list[str] = await asyncio.shield(launching)
            self.problem = None
        except BaseException as error:
            self.problem = in_one_line(error)
            await asyncio.gather(launching, return_exceptions=True)  # its thread cannot be stopped half-way
            await asyncio.to_thread(dbos.DBOS.destroy, destroy_registry=True)
            self._workflow = None
            with suppress(KnowledgeError):
                self._lock.announce(f"{role}{_STARTING}", self.problem)
            self._lock.release()
            raise
        await self._leave()
        self._lock.announce(role)
        self.begun()
        self._beating = asyncio.create_task(self._beat())
        await asyncio.to_thread(self._inbox.empty, [(await self.get(id_)).request for id_ in unfinished])
        return unfinished

    async def queue_for_worker(self, *, again: bool = False) -> None:
        """Leave jobs to the worker, whatever process that is or will be, until this process becomes it.

        ``again`` opens the jobs' database anew, which may be another file by now. Raises StorageFull and
        StoreUnavailable if it cannot be used.
        """
        if self._client is not None and not again:
            return
        before, client = self._client, await self._call(client_of, imported_dbos(), self._url)
        try:
            await self._call(client.list_workflows, name="ingest", limit=1)
        except BaseException:
            await asyncio.to_thread(client.destroy)
            raise
        self._client, self.problem = client, None
        if before is not None:
            await asyncio.to_thread(before.destroy)

    def problem_of(self, pid: int) -> str:
        """What prevents a process from working on the jobs of this home, as far as it has said so."""
        owner = self._lock.owner()
        return str(owner.get("problem", "")) if owner.get("pid") == pid else ""

    def begin_service(self) -> None:
        """Let other processes leave their jobs to the worker of this service."""
        self._lock.begin_service()

    def works_elsewhere(self) -> int | None:
        """The living process that has said that it works on the jobs of this home, None where there is none."""
        owner = self._lock.owner()
        works = not str(owner.get("role", _STARTING)).endswith(_STARTING) and self._lock.owner_lives()
        return int(owner["pid"]) if works else None

    async def rested(self, seconds: float) -> None:
        """Wait until this process has ended a job and, for so many seconds, has had no other."""
        while True:
            await asyncio.sleep(_BEAT_S)
            last = max((ended for ended, _ in self._ended.values()), default=None)
            if last is None or self._running or time.monotonic() - last < seconds:
                continue
            if await self.idle():
                return

    async def idle(self) -> bool:
        """Whether no job of this home runs or waits, but those whose end could not be written."""
        listed = await self._call(self._api.list_workflows, name="ingest", status=["PENDING", "ENQUEUED"])
        return all(workflow.workflow_id in self._ended for workflow in listed)

    async def _beat(self) -> None:
        """Tell other processes how far the running jobs are, and stop those that they have cancelled."""
        while True:
            await asyncio.sleep(_BEAT_S)
            if not (running := dict(self._running)):
                continue
            known = {id_: self._progress[id_] for id_ in running if id_ in self._progress}
            with suppress(KnowledgeError, OSError):
                await asyncio.to_thread(self._beats.write, known)
                listed = await self._call(self._api.list_workflows, workflow_ids=list(running), status="CANCELLED")
                for cancelled in listed:
                    running[cancelled.workflow_id].cancel()

    async def join(self) -> None:
        """Submit jobs to the worker of a service; raises StoreLocked where another process works, or none does yet."""
        for _ in range(_START_LOOKS):
            if self.works_elsewhere() or not (self._lock.service_lives() or self._lock.owner_lives()):
                break
            await asyncio.sleep(_LOOK_S)
        owner = self._lock.owner()
        if not self.works_elsewhere():
            why = owner.get("problem") or "its worker is not ready"
            raise StoreLocked(f"a service works on this home, and {why}; try again soon")
        if owner.get("role") != SERVICE:
            raise StoreLocked(f"process {owner.get('pid', '?')} already ingests into this home; wait until it is done")
        await self.queue_for_worker()

    async def submit(self, paths: Sequence[Path], *, include: Sequence[str] = (), author: str = "cli") -> str:
        """Make a job for files and the files in folders; an unfinished job with the same files is resumed instead.

        Files that are no documents are skipped, unless a pattern of ``include`` fits their names. Raises EmptyDocument
        if there is no file.
        """
        await self._begins()
        chosen = await asyncio.to_thread(selected, paths, include)
        listed = [written(p) for p in chosen.files]
        for job in await self.recent(limit=50):
            same = listed and sorted(job.request.get("paths", [])) == sorted(listed)
            if same and job.status in ("running", "waiting"):
                return job.id
        request = {
            "paths": listed,
            "author": author,
            "skipped": chosen.told(self._ingestion.name),
            "uploads": self._inbox.uploads(paths),
        }
        id_ = uuid4().hex[:16]
        await self._call(self._enqueue, id_, request)
        return id_

    async def get(self, id_: str) -> Job:
        """One job; raises NotFound."""
        await self._begins()
        found = await self._call(self._api.list_workflows, workflow_ids=[id_])
        if not found:
            raise NotFound("job", id_)
        job: Job = await self._call(self._job, found[0])
        return job

    async def recent(self, *, limit: int = 50, offset: int = 0) -> list[Job]:
        """Jobs, newest first."""
        await self._begins()
        found = await self._call(self._api.list_workflows, name="ingest", sort_desc=True, limit=limit, offset=offset)
        return [await self._call(self._job, w) for w in found]

    async def follow(self, id_: str, *, every_s: float = 0.2) -> AsyncIterator[Job]:
        """The states of a job until it ends; raises StoreLocked if its worker process ends first."""
        while True:
            job = await self.get(id_)
            yield job
            if job.status in ("succeeded", "failed", "cancelled"):
                return
            if self._client is not None and not (self._lock.service_lives() or self._lock.owner_lives()):
                raise StoreLocked(f"the service that worked on job {id_} has ended; the same command resumes it")
            await asyncio.sleep(every_s)

    async def finished(self, id_: str) -> Job:
        """The job once it has ended."""
        return [job async for job in self.follow(id_, every_s=0.05)][-1]

    async def cancel(self, id_: str) -> Job:
        """Stop a job, in another process within a second or two; raises NotFound."""
        await self.get(id_)
        await self._call(self._api.cancel_workflow, id_)
        if id_ in self._running:
            self._running[id_].cancel()
        job = await self.get(id_)
        await asyncio.to_thread(self._inbox.forget, job.request)
        return job

    async def close(self) -> None:
        """Stop working; the next start resumes unfinished jobs."""
        if self._beating is not None:
            self._beating.cancel()
            self._beating = None
        if self._workflow is not None:
            await asyncio.to_thread(imported_dbos().DBOS.destroy, destroy_registry=True)
            self._workflow = None
        await self._leave()
        self._lock.release()

    async def _leave(self) -> None:
        if self._client is not None:
            await asyncio.to_thread(self._client.destroy)
            self._client = None

    async def _begins(self) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._begun.wait(), _START_LOOKS * _LOOK_S)

    async def _call(self, work: Callable[..., Any], *args: Any, **options: Any) -> Any:
        """The result of work on the jobs' database, done on a thread; raises StorageFull, StoreUnavailable."""
        with told_as_ours(self._url):
            return await asyncio.to_thread(work, *args, **options)

    @property
    def _api(self) -> Any:
        if self._client is not None:
            return self._client
        if self._workflow is None:
            if self.problem is not None:
                raise StoreUnavailable(self.problem)
            owner = self._lock.owner()
            raise StoreLocked(
                f"process {owner.get('pid', '?')} ({owner.get('role', 'starting')}) works on this home; try again soon"
            )
        from dbos import DBOS

        return DBOS

    def _launch(self, loop: asyncio.AbstractEventLoop) -> list[str]:
        from dbos import DBOS

        DBOS(config=configuration(self._url, _VERSION))

        def progress_of(id_: str) -> JobProgress:
            return self._progress.setdefault(id_, JobProgress())

        @DBOS.step(name="ingest_files")
        def step(id_: str, paths: list[str], request: dict[str, Any]) -> list[dict[str, Any]]:
            job, some = ([read_back(p) for p in many] for many in (request["paths"], paths))
            work = self._ingestion.ingest(some, progress_of(id_), job=job, author=request.get("author", "ingestion"))
            return [asdict(outcome) for outcome in self._on_loop(loop, work, id_)]

        @DBOS.step(name="remove_left_out")
        def remove(id_: str, files: list[FileOutcome], request: dict[str, Any]) -> list[dict[str, Any]]:
            work = self._ingestion.remove_left_out(files, progress_of(id_), author=request.get("author", "ingestion"))
            return [asdict(outcome) for outcome in self._on_loop(loop, work, id_)]

        @DBOS.step(name="catch_up")
        def finish(id_: str) -> int:
            return int(self._on_loop(loop, self._ingestion.catch_up(progress_of(id_)), id_))

        @DBOS.workflow(name="ingest")
        def ingest(request: dict[str, Any]) -> dict[str, Any]:
            id_ = str(DBOS.workflow_id)
            try:
                summary = work(id_, request)
            except BaseException as error:
                loop.call_soon_threadsafe(self._ingestion.embed_no_more)
                failed = isinstance(error, Exception)
                self._ended[id_] = (time.monotonic(), in_one_line(error) if failed else None)
                if failed:
                    _log.info("job %s failed: %s", id_, in_one_line(error))
                if isinstance(error, KnowledgeError | ModelError | RetrievalError):
                    self._inbox.forget(request)
                raise
            self._inbox.forget(request)
            self._ended[id_] = (time.monotonic(), None)
            return summary

        def work(id_: str, request: dict[str, Any]) -> dict[str, Any]:
            progress, paths = progress_of(id_), request["paths"]
            progress.files_total = len(paths)
            started = time.time()
            files: list[FileOutcome] = []
            for start in range(0, len(paths), _CHUNK):
                files += _OUTCOMES.validate_python(step(id_, paths[start : start + _CHUNK], request))
                progress.count(files)
                DBOS.set_event("progress", asdict(progress))
            changed = {f.path: f for f in _OUTCOMES.validate_python(remove(id_, files, request))}
            files = [changed.get(f.path, f) for f in files]
            revision = finish(id_)
            DBOS.set_event("progress", asdict(progress))
            return summary_of(files, time.time() - started, revision, skipped=request.get("skipped", []))

        DBOS.launch()
        DBOS.register_queue(_QUEUE, worker_concurrency=1, polling_interval_sec=0.1)
        pending = DBOS.list_workflows(name="ingest", status=["PENDING", "ENQUEUED"])
        self._workflow = ingest
        return [w.workflow_id for w in pending]

    def _enqueue(self, id_: str, request: dict[str, Any]) -> None:
        if self._client is not None:
            named = {"queue_name": _QUEUE, "workflow_name": "ingest", "workflow_id": id_, "app_version": _VERSION}
            self._client.enqueue(named, request)
            return
        from dbos import DBOS, SetWorkflowID

        with SetWorkflowID(id_):
            DBOS.enqueue_workflow(_QUEUE, self._workflow, request)

    def _on_loop(self, loop: asyncio.AbstractEventLoop, work: Any, id_: str) -> Any:
        self._running[id_] = asyncio.run_coroutine_threadsafe(work, loop)
        try:
            return self._running[id_].result()
        finally:
            del self._running[id_]

    def _job(self, workflow: Any) -> Job:
        progress = self._progress.get(workflow.workflow_id)
        if progress is None and workflow.status == "PENDING":
            progress = self._beats.of(workflow.workflow_id)
        if progress is None:
            told = self._api.get_event(workflow.workflow_id, "progress", timeout_seconds=0)
            progress = JobProgress(**told) if told else JobProgress()
        args = (workflow.input or {}).get("args") or ()
        status, error = STATUS.get(workflow.status, "waiting"), workflow.error
        if status == "running":
            status, error = self._unwritten_end(workflow.workflow_id)
        summary = workflow.output if isinstance(workflow.output, dict) else None
        if status == "succeeded" and summary and nothing_read(summary):
            status, error = "failed", summary["notice"]
        return Job(
            id=workflow.workflow_id,
            status=status,
            created=datetime.fromtimestamp((workflow.created_at or 0) / 1000, UTC).isoformat(timespec="seconds"),
            progress=progress,
            summary=summary,
            error=str(error) if error else None,
            request=dict(args[0]) if args else {},
        )

    def _unwritten_end(self, id_: str) -> tuple[str, str | None]:
        """Whether the end of a job could not be written, on a full disk for example: its record says "running"."""
        ended, why = self._ended.get(id_, (time.monotonic(), None))
        if why is not None:
            return "failed", why
        if time.monotonic() - ended > _SILENCE_S:
            return "failed", f"its end cannot be written to {self._url.split('@')[-1]}; see that the disk is not full"
        return "running", None
