"""Parsing on Ray: the same pure function for a file, run by any machine of the cluster."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from kg.protocols import ParseLimits, ParseResult
from models.errors import ExtraMissing


class RayParser:
    """Sends each file's bytes to a Ray task; starts Ray on this machine where no cluster is running."""

    def __init__(self, limits: ParseLimits, *, parser: str, ocr: bool) -> None:
        self._limits = limits
        self._parser = parser
        self._ocr = ocr
        self._remote: Any = None

    async def parse(self, path: Path) -> ParseResult:
        """Parse a file; raises UnreadableDocument and, where Ray is missing, ExtraMissing."""
        if self._remote is None:
            self._remote = await asyncio.to_thread(self._start)
        data = await asyncio.to_thread(path.read_bytes)
        found = await self._remote.remote(path.name, data, self._limits, self._parser, self._ocr)
        if isinstance(found, Exception):
            raise found
        return found  # type: ignore[no-any-return]

    async def close(self) -> None:
        """Stop Ray where this process started it."""
        if self._remote is not None:
            import ray

            await asyncio.to_thread(ray.shutdown)
            self._remote = None

    def _start(self) -> Any:
        try:
            import ray
        except ImportError as error:
            raise ExtraMissing("ray", "ray") from error
        if not ray.is_initialized():
            ray.init(include_dashboard=False, log_to_driver=False, configure_logging=False)
        limits = self._limits
        return ray.remote(max_retries=0, memory=limits.memory_bytes)(parse_bytes)


def parse_bytes(name: str, data: bytes, limits: ParseLimits, parser: str, ocr: bool) -> ParseResult | Exception:
    """Parse a file given by its bytes; an unreadable one is returned as its error, so that Ray does not wrap it."""
    import dataclasses

    from kg.documents.parsing import parse
    from kg.documents.pdf.choosing import pdf_parser
    from kg.errors import UnreadableDocument

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        try:
            result = parse(path, limits, pdf=pdf_parser(parser), ocr=ocr)
        except UnreadableDocument as error:
            return error
    named = tuple((dataclasses.replace(d, path=name), blocks) for d, blocks in result.documents)
    return dataclasses.replace(result, documents=named)
