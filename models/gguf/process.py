"""The parent's side of the process that runs a GGUF model: several requests at once, a bounded queue in front."""

import json
import queue
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from models.errors import ModelBusy, ModelError, ModelRefused, ModelUnavailable


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of an answer: why, the tokens it took, and where several were asked for all replies."""

    reason: str
    prompt_tokens: int
    completion_tokens: int
    replies: Sequence[str] = ()


Piece = str | Ended | ModelError
Sink = Callable[[Piece], None]


@dataclass(slots=True, eq=False)
class Job:
    """One request; ``sink`` gets pieces of text and at last an Ended or an error, from another thread."""

    id: int
    messages: Sequence[Mapping[str, str]]
    options: Mapping[str, Any]
    sink: Sink
    cancelled: threading.Event = field(default_factory=threading.Event)


class GgufProcess:
    """Starts the process at the first request, and again after it died."""

    def __init__(self, path: Path, command: Sequence[str], *, at_once: int, waiting: int) -> None:
        """``command`` runs the model of ``path`` as models.gguf.worker does."""
        self._path = path
        self._command = command
        self._limit = at_once + waiting
        self._waiting = waiting
        self._places = threading.Semaphore(at_once)
        self._guard = threading.Lock()
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._unfinished = 0
        self._count = 0
        self._open = False
        self._sender: threading.Thread | None = None
        self._worker: _Worker | None = None

    def submit(self, messages: Sequence[Mapping[str, str]], options: Mapping[str, Any], sink: Sink) -> Job:
        """Queue a request; raises ModelBusy when as many wait as may."""
        with self._guard:
            if self._unfinished >= self._limit:
                raise ModelBusy(f"{self._waiting} requests wait for the embedded model already; try again later")
            self._unfinished += 1
            self._count += 1
            job = Job(self._count, messages, options, sink)
            self._jobs.put(job)
            if self._sender is None:
                self._open = True
                self._sender = threading.Thread(target=self._send, name="gguf", daemon=True)
                self._sender.start()
        return job

    def cancel(self, job: Job) -> None:
        """Stop the request: at once while it waits, after the current step while it is answered."""
        job.cancelled.set()
        worker = self._worker
        if worker is not None:
            worker.stop(job)

    def close(self) -> None:
        """End the process; requests in flight and waiting ones get ModelUnavailable."""
        with self._guard:
            sender, self._sender, self._open = self._sender, None, False
        if sender is not None:
            self._jobs.put(None)
            if self._worker is not None:
                self._worker.end()
            sender.join(10)
        if self._worker is not None:
            self._worker.end()

    @property
    def pid(self) -> int | None:
        """The process, while it runs."""
        worker = self._worker
        return worker.pid if worker is not None and worker.runs else None

    def _send(self) -> None:
        while (job := self._jobs.get()) is not None:
            self._places.acquire()
            try:
                self._begin(job)
            except ModelError as error:
                self._finish(job, error)
            except OSError as error:
                self._finish(job, ModelUnavailable(f"the process of the embedded model failed: {error}"))

    def _begin(self, job: Job) -> None:
        while not job.cancelled.is_set():
            if not self._open:
                raise ModelUnavailable("the embedded model was closed")
            if self._worker is None or not self._worker.runs:
                self._worker = _Worker(self._command, self._finish)
                self._worker.load(self._path)
            if not job.cancelled.is_set() and self._worker.take(job):
                return
        self._finish(job, Ended("cancelled", 0, 0))

    def _finish(self, job: Job, last: Piece) -> None:
        with self._guard:
            self._unfinished -= 1
        self._places.release()
        job.sink(Ended("cancelled", 0, 0) if job.cancelled.is_set() and isinstance(last, ModelError) else last)


class _Worker:
    """A running process; ``finish`` is called once for each job that it took."""

    def __init__(self, command: Sequence[str], finish: Callable[[Job, Piece], None]) -> None:
        self._finish = finish
        self._jobs: dict[int, Job] = {}
        self._guard = threading.Lock()
        self._writing = threading.Lock()
        self._log = TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True, encoding="utf-8"
        )
        self._reader: threading.Thread | None = None
        self.runs = True

    @property
    def pid(self) -> int:
        return self._process.pid

    def load(self, path: Path) -> None:
        """Wait until the model is loaded; raises ModelUnavailable."""
        try:
            message = self._next()
            if "fatal" in message:
                raise ModelUnavailable(f"{path} cannot be loaded: {message['fatal']}")
        except ModelUnavailable:
            self._close()
            raise
        self._reader = threading.Thread(target=self._read, name="gguf-answers", daemon=True)
        self._reader.start()

    def take(self, job: Job) -> bool:
        """Send the job; False where the process has ended."""
        with self._guard:
            if not self.runs:
                return False
            self._jobs[job.id] = job
        self._write({"id": job.id, "messages": list(job.messages), "options": dict(job.options)})
        if job.cancelled.is_set():
            self.stop(job)
        return True

    def stop(self, job: Job) -> None:
        """Tell the process to stop the job, where it has it."""
        with self._guard:
            taken = job.id in self._jobs
        if taken:
            self._write({"stop": job.id})

    def end(self) -> None:
        """End the process, and wait until its jobs know."""
        self._process.kill()
        if self._reader is not None:
            self._reader.join(10)

    def _read(self) -> None:
        try:
            while True:
                self._dispatch(self._next())
        except ModelUnavailable as error:
            last = error
        except (ValueError, KeyError) as error:
            last = ModelUnavailable(f"the process of the embedded model failed: {error}")
        with self._guard:
            self.runs = False
            left, self._jobs = list(self._jobs.values()), {}
        self._close()
        for job in left:
            self._finish(job, last)

    def _dispatch(self, message: Mapping[str, Any]) -> None:
        with self._guard:
            job = self._jobs.get(message["id"])
            if job is not None and "text" not in message:
                del self._jobs[job.id]
        if job is None:
            return
        if "refused" in message:
            self._finish(job, ModelRefused(f"the embedded model refused the request: {message['refused']}"))
        elif "end" in message:
            tokens = message["prompt_tokens"], message["completion_tokens"]
            self._finish(job, Ended(message["end"], *tokens, message.get("replies", ())))
        elif not job.cancelled.is_set():
            job.sink(message["text"])

    def _write(self, message: Mapping[str, Any]) -> None:
        """Send a line; where the process died, the reader tells its jobs."""
        if self._process.stdin is None:
            return
        try:
            with self._writing:
                self._process.stdin.write(json.dumps(message, ensure_ascii=False) + "\n")
                self._process.stdin.flush()
        except (OSError, ValueError):
            return

    def _next(self) -> dict[str, Any]:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            code = self._process.wait()
            raise ModelUnavailable(f"the process of the embedded model ended (status {code}){self._last_words()}")
        message: dict[str, Any] = json.loads(line)
        return message

    def _last_words(self) -> str:
        self._log.seek(0, 2)
        self._log.seek(max(0, self._log.tell() - 2000))
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return f": {lines[-1]}" if lines else ""

    def _close(self) -> None:
        self.runs = False
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except OSError:
                    continue
        self._log.close()
