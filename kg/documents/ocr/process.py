"""OCR in a process of its own: its memory is counted apart, and its crash is no crash of the parser."""

import multiprocessing
import resource
import time
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from kg.documents.ocr.best import installed_reader
from kg.documents.ocr.page_reader import Line, OcrOversized, OcrUnavailable, PageReader
from kg.documents.sandbox import resident_bytes
from kg.errors import is_want_of_memory, said
from kg.protocols import ParseLimits

_LOOK_EVERY_S = 0.05
_IDLE_S = 10.0
"""The process ends when it was not asked for so long, which gives its memory back."""


class SeparateReader:
    """Reads pages in a child process that is started for the first page, and again after a failure.

    ``page_read`` is called after each page that was read. A page is given up after half of the time that a file has.
    """

    def __init__(self, limits: ParseLimits, page_read: Callable[[], None]) -> None:
        self._memory_bytes = limits.ocr_memory_bytes
        self._page_s = limits.timeout_s / 2
        self._page_read = page_read
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    @property
    def identity(self) -> str:
        """The engines in the process."""
        return installed_reader().identity

    def read(self, image: bytes) -> list[Line]:
        """Paragraphs in reading order; raises OcrOversized over a limit of memory or time, else OcrUnavailable."""
        try:
            answer = self._asked(image)
        except (EOFError, OSError) as error:
            code = self._end()
            raise OcrUnavailable(
                f"the OCR process ended (exit status {code}); free some memory, or turn OCR off (JIANXI_OCR=false)"
            ) from error
        if isinstance(answer, OcrUnavailable):
            raise answer
        self._page_read()
        return answer

    def _asked(self, image: bytes) -> list[Line] | OcrUnavailable:
        process, pipe = self._started()
        began = time.monotonic()
        pipe.send_bytes(image)
        while not pipe.poll(_LOOK_EVERY_S):
            if resident_bytes(process.pid or 0) > self._memory_bytes:
                megabytes = self._memory_bytes // 2**20
                return self._given_up(f"more than {megabytes} MB; raise JIANXI_LIMIT_OCR_MEMORY_MB")
            if time.monotonic() - began > self._page_s:
                half = f"more than {self._page_s:g} s, half the time of a file"
                return self._given_up(f"{half}; raise JIANXI_LIMIT_TIMEOUT_S")
        answer: list[Line] | OcrUnavailable = pipe.recv()
        return answer

    def _given_up(self, why: str) -> OcrOversized:
        if self._process is not None:
            self._process.kill()
        self._end()
        return OcrOversized(f"OCR takes {why}")

    def _started(self) -> tuple[SpawnProcess, Connection]:
        if self._process is None or self._pipe is None or not self._process.is_alive():
            self._end()
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs,), daemon=True)
            self._process.start()
            theirs.close()
        return self._process, self._pipe

    def _end(self) -> int | None:
        process, pipe, self._process, self._pipe = self._process, self._pipe, None, None
        if pipe is not None:
            pipe.close()
        if process is None:
            return None
        process.join(1.0)
        process.kill()
        process.join()
        return process.exitcode


def _serve(pipe: Connection) -> None:
    """Answer each picture with its lines or an error until the other end is closed."""
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))
    reader = installed_reader()
    with suppress(EOFError, OSError):
        while pipe.poll(_IDLE_S):
            pipe.send(answered(reader, pipe.recv_bytes()))


def answered(reader: PageReader, image: bytes) -> list[Line] | OcrUnavailable:
    """The lines of a picture, or why there are none; no error of a library passes."""
    try:
        return reader.read(image)
    except OcrUnavailable as error:
        return error
    except Exception as error:  # noqa: BLE001 - the edge of a job: one page never stops the others
        if is_want_of_memory(error):
            return OcrOversized("the system has no memory left for OCR; free some, or set JIANXI_OCR=false")
        return OcrUnavailable(f"OCR fails on it: {said(error)}; turn OCR off (JIANXI_OCR=false) to do without")
