"""Parsing on Ray: any machine of the cluster runs the same pure function."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from kg.documents import wire
from kg.documents.file_names import cut_to_bytes, shown
from kg.documents.pdf.page_count import is_pdf
from kg.errors import DamagedDocument, OversizedDocument, UnreadableDocument
from kg.protocols import ParseLimits, ParseResult
from models.errors import ExtraMissing


class RayParser:
    """Sends the bytes of each file to a Ray task; starts Ray on this machine if no cluster is running."""

    def __init__(self, limits: ParseLimits, *, parser: str, ocr: bool) -> None:
        self._limits = limits
        self._parser = parser
        self._ocr = ocr
        self._remote: Any = None
        self._starting = asyncio.Lock()

    async def parse(self, path: Path) -> ParseResult:
        """Parse a file; raises UnreadableDocument and, where Ray is missing, ExtraMissing."""
        async with self._starting:
            if self._remote is None:
                self._remote = await asyncio.to_thread(self._start)
        data = await asyncio.to_thread(path.read_bytes)
        return await asyncio.to_thread(wire.read_result, await self._answer(path, data), path)

    async def close(self) -> None:
        """Stop Ray if this process started it."""
        if self._remote is not None:
            import ray

            await asyncio.to_thread(ray.shutdown)
            self._remote = None

    async def _answer(self, path: Path, data: bytes) -> bytes:
        import ray

        task = self._remote.remote(cut_to_bytes(shown(path.name)), data, self._limits, self._parser, self._ocr)
        scan = self._ocr and await asyncio.to_thread(is_pdf, path)
        limit_s, setting = (self._limits.scan_s, "SCAN") if scan else (self._limits.timeout_s, "TIMEOUT")
        try:
            async with asyncio.timeout(limit_s):
                return bytes(await task)
        except TimeoutError:
            await asyncio.to_thread(ray.cancel, task, force=True)
            raise OversizedDocument(
                shown(path), f"takes more than {limit_s:g} s to parse", f"raise JIANXI_LIMIT_{setting}_S"
            ) from None
        except ray.exceptions.RayError as error:
            why = str(error).strip().splitlines()[-1] if str(error).strip() else type(error).__name__
            raise DamagedDocument(shown(path), f"the parser crashed on it ({why})", "the file is broken") from error

    def _start(self) -> Any:
        try:
            import ray
        except ImportError as error:
            raise ExtraMissing("ray", "ray") from error
        if not ray.is_initialized():
            ray.init(include_dashboard=False, log_to_driver=False, configure_logging=False)
        return ray.remote(max_retries=0, memory=self._limits.memory_bytes)(parse_bytes)


def parse_bytes(name: str, data: bytes, limits: ParseLimits, parser: str, ocr: bool) -> bytes:
    """Parse a file from its bytes; returns the documents or the error as JSON, like a local child process."""
    from kg.documents.extent import with_passages
    from kg.documents.parse import parse
    from kg.documents.pdf.parser_choice import pdf_parser

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            result = parse(path, limits, pdf=pdf_parser(parser), ocr=ocr)
            return wire.result_bytes(with_passages(result, path, len(data), limits))
        except UnreadableDocument as error:
            return wire.error_bytes(error)
