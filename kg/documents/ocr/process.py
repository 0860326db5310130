"""OCR in a process of its own: its memory is counted apart, and its crash is no crash of the parser."""

import multiprocessing
import resource
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess

from kg.documents.ocr.best import installed_reader
from kg.documents.ocr.page_reader import Line, OcrOversized, OcrUnavailable, PageReader
from kg.documents.sandbox import resident_bytes
from kg.errors import is_want_of_memory, said

_LOOK_EVERY_S = 0.05
_IDLE_S = 10.0
"""The process ends when it was not asked for so long, which gives its memory back."""


class SeparateReader:
    """Reads pages in a child process that is started for the first page, and again after a failure."""

    def __init__(self, memory_bytes: int) -> None:
        self._memory_bytes = memory_bytes
        self._process: SpawnProcess | None = None
        self._pipe: Connection | None = None

    @property
    def identity(self) -> str:
        """The engines in the process."""
        return installed_reader().identity

    def read(self, image: bytes) -> list[Line]:
        """Paragraphs in reading order; raises OcrOversized over the limit of resident memory, else OcrUnavailable."""
        try:
            answer = self._asked(image)
        except (EOFError, OSError) as error:
            code = self._end()
            raise OcrUnavailable(
                f"the OCR process ended (exit status {code}); free some memory, or turn OCR off (JIANXI_OCR=false)"
            ) from error
        if isinstance(answer, OcrUnavailable):
            raise answer
        return answer

    def _asked(self, image: bytes) -> list[Line] | OcrUnavailable:
        process, pipe = self._started()
        pipe.send_bytes(image)
        while not pipe.poll(_LOOK_EVERY_S):
            if resident_bytes(process.pid or 0) > self._memory_bytes:
                process.kill()
                self._end()
                megabytes = self._memory_bytes // 2**20
                return OcrOversized(f"OCR takes more than {megabytes} MB; raise JIANXI_LIMIT_OCR_MEMORY_MB")
        answer: list[Line] | OcrUnavailable = pipe.recv()
        return answer

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
