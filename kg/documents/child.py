"""The child process that parses: it reads requests and writes answers as JSON frames on its standard streams.

An empty frame before the answer tells that OCR has read another page.
"""

import ctypes
import gc
import os
import resource
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import BinaryIO

from kg.documents import wire
from kg.documents.extent import computing_s, with_passages
from kg.documents.file_names import under_readable_name
from kg.documents.parse import parse
from kg.documents.pdf.page_count import pages_of
from kg.documents.pdf.parser_choice import pdf_parser
from kg.documents.picture import pictures_in
from kg.errors import DamagedDocument, UnreadableDocument, is_want_of_memory, said
from kg.protocols import ParseLimits

FILE_BYTES = 2**30
"""The largest file that a parser may write, such as a picture for OCR."""
PROCESSES = 4096
"""Threads and processes of the user that may run when a parser starts one more."""
HEADROOM_BYTES = 768 * 2**20
"""Address space that libraries reserve without using it; the parent watches the used memory."""


def main() -> int:
    """Answer requests until the parent closes the stream or is gone.

    Temporary files go into the folder that the command names: whichever of parent and child lives longer removes it.
    """
    tempfile.tempdir = folder = next(iter(sys.argv[1:]), None)
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    parent = os.getppid()
    threading.Thread(target=_leave_with, args=(parent, folder), daemon=True).start()
    _send(out, b"ready")
    page_read = partial(_send, out, b"")
    while (request := _receive(sys.stdin.buffer)) is not None:
        _send(out, _answer(request, page_read))
        gc.collect()
        _trim()
    return 0


def _answer(request: bytes, page_read: Callable[[], None]) -> bytes:
    path, limits, parser, ocr = wire.read_request(request)
    try:
        _limit(limits)
        _allow(of_size := computing_s(path, limits))
        if (of_pages := computing_s(path, limits, pages_of(path) or pictures_in(path))) > of_size:
            _allow(of_pages)
        with under_readable_name(path) as file:
            result = parse(file, limits, pdf=pdf_parser(parser), ocr=ocr, page_read=page_read)
        return wire.result_bytes(with_passages(result, path, path.stat().st_size, limits))
    except UnreadableDocument as error:
        return wire.error_bytes(error)
    except RecursionError:
        return wire.error_bytes(DamagedDocument(str(path), "is nested too deeply to be a document"))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - the edge of a job; a panic of native code is no Exception
        if is_want_of_memory(error):
            return wire.error_bytes(wire.over_memory(path, limits))
        why = f"the parser failed: {said(error)}"
        return wire.error_bytes(DamagedDocument(str(path), why, "the file is broken: get it again from its source"))
    finally:
        _allow(0)


def _allow(seconds: float) -> None:
    """End this process by SIGPROF after so much processor time of all its threads; 0 for no end."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def _limit(limits: ParseLimits) -> None:
    """Limits inside the process: memory between two looks of the parent, files and processes."""
    for kind, most in (
        (resource.RLIMIT_DATA, limits.memory_bytes + HEADROOM_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NPROC, PROCESSES),
    ):
        hard = resource.getrlimit(kind)[1]
        resource.setrlimit(kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _leave_with(parent: int, folder: str | None) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(1)


def _trim() -> None:
    """Give memory that is free back to the system, so that the next file is not charged for the last."""
    if sys.platform == "linux":
        try:
            ctypes.CDLL("libc.so.6").malloc_trim(0)
        except (OSError, AttributeError):
            return


def _send(out: BinaryIO, data: bytes) -> None:
    out.write(wire.FRAME.pack(len(data)) + data)
    out.flush()


def _receive(stream: BinaryIO) -> bytes | None:
    head = stream.read(wire.FRAME.size)
    if len(head) < wire.FRAME.size:
        return None
    (length,) = wire.FRAME.unpack(head)
    return stream.read(length)


if __name__ == "__main__":
    sys.exit(main())
