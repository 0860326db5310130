"""Parsing in child processes with limits on memory and time."""

import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Self

from kg.documents import wire
from kg.documents.file_names import shown
from kg.errors import DamagedDocument, KnowledgeError, OversizedDocument, tells_want_of_memory
from kg.protocols import ParseLimits, ParseResult

_LOOK_EVERY_S = 0.015
_START_TIMEOUT_S = 60.0
_MOST_ANSWER_BYTES = 2**30
_LAST_WORDS_BYTES = 4096
_GIVES_UP = (-signal.SIGABRT, -signal.SIGILL, -signal.SIGTRAP)
"""How a native library ends its process, on a fault in a file or without the memory it wants."""


class ParserPool:
    """Child processes that parse file after file; used within one event loop.

    A file over the limits of time or memory is an OversizedDocument, one that crashes its child a DamagedDocument; the
    child is then replaced and the other files continue. Children end with their parent, even after kill -9.
    """

    def __init__(
        self, workers: int, limits: ParseLimits, *, parser: str = "auto", ocr: bool = True, files_per_child: int = 200
    ) -> None:
        self._limits = limits
        self._parser = parser
        self._ocr = ocr
        self._files_per_child = files_per_child
        self._free = asyncio.Semaphore(workers)
        self._idle: list[_Child] = []
        self._all: set[_Child] = set()
        self.peak_bytes = 0
        """The most memory that a child was seen to hold."""

    async def parse(self, path: Path) -> ParseResult:
        """Parse one file in a child; raises UnreadableDocument."""
        async with self._free:
            child = self._idle.pop() if self._idle else await _Child.started()
            self._all.add(child)
            try:
                result = await child.parse(path, self._limits, self._parser, self._ocr)
            finally:
                self.peak_bytes = max(self.peak_bytes, child.peak_bytes)
                if child.alive and child.files < self._files_per_child:
                    self._idle.append(child)
                else:
                    self._all.discard(child)
                    await child.end()
            return await asyncio.to_thread(wire.read_result, result, path)

    async def close(self) -> None:
        """End the children."""
        children, self._idle, self._all = list(self._all), [], set()
        for child in children:
            await child.end()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


class _Child:
    def __init__(
        self, process: asyncio.subprocess.Process, errors: IO[bytes], folder: "tempfile.TemporaryDirectory[str]"
    ) -> None:
        self._process = process
        self._errors = errors
        self._folder = folder
        self.files = 0
        self.peak_bytes = 0
        self.alive = True

    @classmethod
    async def started(cls) -> "_Child":
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the child
        folder = tempfile.TemporaryDirectory(prefix="jianxi-parser-", ignore_cleanup_errors=True)
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "kg.documents.child",
            folder.name,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        child = cls(process, errors, folder)
        try:
            async with asyncio.timeout(_START_TIMEOUT_S):
                await child._receive()
        except (TimeoutError, asyncio.IncompleteReadError, OSError) as error:
            await child.end()
            raise KnowledgeError(
                "the parsing process does not start; run `python -m kg.documents.child` to see why"
            ) from error
        return child

    async def parse(self, path: Path, limits: ParseLimits, parser: str, ocr: bool) -> bytes:
        self.files += 1
        peak = 0
        before = os.fstat(self._errors.fileno()).st_size
        try:
            request = wire.request_bytes(path, limits, parser, ocr)
            watch = _Watch(path, limits)
            answer = asyncio.create_task(self._ask(request, watch.page_read))
            try:
                while not answer.done():
                    peak = max(peak, resident_bytes(self._process.pid))
                    self.peak_bytes = max(peak, self.peak_bytes)
                    if peak > wire.most_bytes(limits):
                        raise wire.over_memory(path, limits)
                    watch.look()
                    await asyncio.wait({answer}, timeout=_LOOK_EVERY_S)
                return answer.result()
            finally:
                answer.cancel()
        except (asyncio.IncompleteReadError, OSError):
            last_words = self._last_words(before)
            await self.end()
            if self._process.returncode == -signal.SIGPROF:
                raise wire.over_computing(path, limits) from None
            if peak > 0.8 * limits.memory_bytes or tells_want_of_memory(last_words):
                raise wire.over_memory(path, limits) from None
            sys.stderr.write(last_words)
            why = f"the parser crashed on it ({_ending(self._process.returncode)})"
            cure = "the file is broken: get it again from its source"
            if self._process.returncode in _GIVES_UP:
                cure += "; or it needs more memory at once: raise JIANXI_LIMIT_MEMORY_MB"
            raise DamagedDocument(shown(path), why, cure) from None
        except BaseException:
            await self.end()
            raise

    async def end(self) -> None:
        self.alive = False
        self._errors.close()
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        if self._process.stdin:
            self._process.stdin.close()
        await self._process.wait()
        self._folder.cleanup()
        transport = getattr(self._process, "_transport", None)
        if transport is not None:
            transport.close()

    def _last_words(self, since: int) -> str:
        """What the process wrote as errors since then; native libraries tell there why they abort."""
        written = os.fstat(self._errors.fileno()).st_size
        at = max(since, written - _LAST_WORDS_BYTES)
        return os.pread(self._errors.fileno(), written - at, at).decode(errors="replace")

    async def _ask(self, request: bytes, page_read: Callable[[], None]) -> bytes:
        assert self._process.stdin is not None  # noqa: S101 - made with a pipe above
        self._process.stdin.write(wire.FRAME.pack(len(request)) + request)
        await self._process.stdin.drain()
        while not (answer := await self._receive()):
            page_read()
        return answer

    async def _receive(self) -> bytes:
        assert self._process.stdout is not None  # noqa: S101 - made with a pipe above
        (length,) = wire.FRAME.unpack(await self._process.stdout.readexactly(wire.FRAME.size))
        if length > _MOST_ANSWER_BYTES:
            raise ConnectionError(f"an answer of {length} bytes")
        return await self._process.stdout.readexactly(length)


class _Watch:
    """The time that a file takes; its limit begins anew with each page that OCR has read."""

    def __init__(self, path: Path, limits: ParseLimits) -> None:
        self._path = path
        self._limits = limits
        self._began = self._last = time.monotonic()
        self._pages = 0

    def page_read(self) -> None:
        self._pages += 1
        self._last = time.monotonic()

    def look(self) -> None:
        """Raise OversizedDocument once the file has taken too long."""
        now, limits = time.monotonic(), self._limits
        if self._pages and now - self._began > limits.scan_s:
            why = f"takes more than {limits.scan_s:g} s to parse; {self._pages} pages were read by OCR"
            raise OversizedDocument(shown(self._path), why, "split the file or raise JIANXI_LIMIT_SCAN_S")
        if now - self._last > limits.timeout_s:
            after = f" after {self._pages} pages read by OCR" if self._pages else ""
            why = f"takes more than {limits.timeout_s:g} s to parse{after}"
            raise OversizedDocument(shown(self._path), why, "raise JIANXI_LIMIT_TIMEOUT_S")


def resident_bytes(pid: int) -> int:
    """Memory of a process now; 0 if the system does not report it."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, IndexError, ValueError):
        return 0


def _ending(code: int | None) -> str:
    if code is not None and -code in set(signal.Signals):
        return signal.Signals(-code).name
    return f"exit status {code}"
