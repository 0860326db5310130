"""The parent's side of the process that runs a GGUF model: one request at a time, a bounded queue in front."""

import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from models.errors import ModelBusy, ModelError, ModelRefused, ModelUnavailable

GRACE_S = 1.0
"""How long a cancelled request may go on before its process is ended."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of an answer: why, the tokens it took, and where it was asked for how likely each first token was."""

    reason: str
    prompt_tokens: int
    completion_tokens: int
    likely: Mapping[str, float] = field(default_factory=dict)


Piece = str | Ended | ModelError
Sink = Callable[[Piece], None]


@dataclass(slots=True, eq=False)
class Job:
    """One request; ``sink`` gets pieces of text and at last an Ended or an error, from the worker's thread."""

    id: int
    messages: Sequence[Mapping[str, str]]
    options: Mapping[str, Any]
    sink: Sink
    cancelled: threading.Event = field(default_factory=threading.Event)


class GgufProcess:
    """Starts the process at the first request, and again after it died.

    ``adapter`` is the folder of a LoRA adapter for the model; ``command`` is the program to run, tests pass their own.
    """

    def __init__(
        self, path: Path, *, waiting: int, adapter: Path | None = None, command: Sequence[str] | None = None
    ) -> None:
        files = [str(file) for file in (path, adapter) if file is not None]
        self._command = command or (sys.executable, "-m", "models.gguf.worker", *files)
        self._path = path
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._limit = waiting
        self._guard = threading.Lock()
        self._thread: threading.Thread | None = None
        self._process: subprocess.Popen[str] | None = None
        self._log: IO[bytes] | None = None
        self._current: Job | None = None
        self._count = 0
        self._unfinished = 0

    def submit(self, messages: Sequence[Mapping[str, str]], options: Mapping[str, Any], sink: Sink) -> Job:
        """Queue a request; raises ModelBusy when as many wait as may."""
        with self._guard:
            if self._unfinished > self._limit:
                raise ModelBusy(f"{self._limit} requests wait for the embedded model already; try again later")
            self._unfinished += 1
            self._count += 1
            job = Job(self._count, messages, options, sink)
            self._jobs.put(job)
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="gguf", daemon=True)
                self._thread.start()
        return job

    def cancel(self, job: Job) -> None:
        """Stop the request: at once while it waits, after the current token while it is answered.

        The engine cannot be stopped while it reads a prompt; then its process is ended, and the next request starts it
        again.
        """
        job.cancelled.set()
        process = self._process
        if process is not None and process.poll() is None:
            try:
                _write(process, {"stop": job.id})
            except (OSError, ValueError):
                return
            timer = threading.Timer(GRACE_S, self._end_if_still_at, (job,))
            timer.daemon = True
            timer.start()

    def _end_if_still_at(self, job: Job) -> None:
        with self._guard:
            if self._current is job and self._process is not None:
                self._process.kill()

    def close(self) -> None:
        """End the process; a request in flight gets ModelUnavailable."""
        process = self._process
        if process is not None:
            process.kill()
        with self._guard:
            thread, self._thread = self._thread, None
            if thread is not None:
                self._jobs.put(None)
        if thread is not None:
            thread.join(10)

    @property
    def pid(self) -> int | None:
        """The process, while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                last: Piece = self._answered(job)
            except ModelError as error:
                last = Ended("cancelled", 0, 0) if job.cancelled.is_set() else error
            except (OSError, ValueError, KeyError) as error:
                self._end()
                last = ModelUnavailable(f"the process of the embedded model failed: {error}")
            with self._guard:
                self._current = None
                self._unfinished -= 1
            job.sink(last)
        self._end()

    def _answered(self, job: Job) -> Ended:
        if job.cancelled.is_set():
            return Ended("cancelled", 0, 0)
        process = self._started()
        if job.cancelled.is_set():
            return Ended("cancelled", 0, 0)
        self._current = job
        _write(process, {"id": job.id, "messages": list(job.messages), "options": dict(job.options)})
        if job.cancelled.is_set():
            _write(process, {"stop": job.id})
        while True:
            message = self._next(process)
            if message.get("id") != job.id:
                continue
            if "refused" in message:
                raise ModelRefused(f"the embedded model refused the request: {message['refused']}")
            if "end" in message:
                tokens = message["prompt_tokens"], message["completion_tokens"]
                return Ended(message["end"], *tokens, message.get("likely", {}))
            if not job.cancelled.is_set():
                job.sink(message["text"])

    def _started(self) -> "subprocess.Popen[str]":
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        self._log = TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(  # noqa: S603
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            encoding="utf-8",
        )
        message = self._next(self._process)
        if "fatal" in message:
            self._end()
            raise ModelUnavailable(f"{self._path} cannot be loaded: {message['fatal']}")
        return self._process

    def _next(self, process: "subprocess.Popen[str]") -> dict[str, Any]:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            code = process.wait()
            raise ModelUnavailable(f"the process of the embedded model ended (status {code}){self._last_words()}")
        message: dict[str, Any] = json.loads(line)
        return message

    def _last_words(self) -> str:
        if self._log is None:
            return ""
        self._log.seek(0, 2)
        self._log.seek(max(0, self._log.tell() - 2000))
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return f": {lines[-1]}" if lines else ""

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    try:
                        pipe.close()
                    except BrokenPipeError:
                        continue
        if self._log is not None:
            self._log.close()
            self._log = None


def _write(process: "subprocess.Popen[str]", message: dict[str, Any]) -> None:
    if process.stdin is not None:
        process.stdin.write(json.dumps(message, ensure_ascii=False) + "\n")
        process.stdin.flush()
