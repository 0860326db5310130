"""The inbox: the files that were sent to a service, until the job that reads them has ended."""

import shutil
import time
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from app.ingestion.files import content_hash

_ABANDONED_S = 3600.0


class Inbox:
    """A folder with one folder for each upload."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def uploads(self, paths: Sequence[Path]) -> list[str]:
        """The names of the uploads that hold these files."""
        return sorted({p.relative_to(self._folder).parts[0] for p in paths if p.is_relative_to(self._folder)})

    def forget(self, request: Mapping[str, Any]) -> None:
        """Delete the uploads of a job that has ended; files elsewhere stay."""
        for name in request.get("uploads", []):
            shutil.rmtree(self._folder / name, ignore_errors=True)

    def discard(self, digests: Collection[str]) -> None:
        """Delete files with these hashes, whatever job still needs them."""
        for path in list(self._folder.rglob("*")):
            with suppress(FileNotFoundError):
                if path.is_file() and content_hash(path) in digests:
                    path.unlink()

    def empty(self, unfinished: Sequence[Mapping[str, Any]]) -> None:
        """Delete old uploads that no unfinished job, of which these are the requests, needs."""
        needed = {name for request in unfinished for name in request.get("uploads", [])}
        for folder in self._folder.glob("*"):
            with suppress(FileNotFoundError):
                if folder.name not in needed and time.time() - folder.stat().st_mtime > _ABANDONED_S:
                    shutil.rmtree(folder, ignore_errors=True)
