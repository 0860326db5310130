"""Original files stored by content hash, in a folder or in any fsspec filesystem."""

import errno
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import StorageFull

_PIECE = 2**20


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A stored file: its sha256 and the location of its bytes."""

    content_hash: str
    url: str
    size_bytes: int


class FileStore:
    """Keeps files under ``<root>/ab/abcd....<suffix>``; the same bytes are kept once.

    ``notes`` is a local folder that remembers which documents each file became.
    """

    def __init__(self, root: str, notes: Path) -> None:
        self._root = root
        self._notes = notes
        self._filesystem: Any = None

    def _open(self) -> tuple[Any, str]:
        import fsspec

        if self._filesystem is None:
            self._filesystem = fsspec.core.url_to_fs(self._root)
        filesystem, path = self._filesystem
        return filesystem, str(path).rstrip("/")

    def keep(self, path: Path) -> KeptFile:
        """Store a copy of a file; raises StorageFull and leaves no partial file."""
        filesystem, root = self._open()
        digest = content_hash(path)
        size = path.stat().st_size
        target = f"{root}/{digest[:2]}/{digest}{path.suffix.lower()}"
        if filesystem.exists(target) and filesystem.size(target) == size:
            return KeptFile(digest, target, size)
        partial = f"{target}.partial"
        try:
            filesystem.makedirs(f"{root}/{digest[:2]}", exist_ok=True)
            with path.open("rb") as source, filesystem.open(partial, "wb") as sink:
                while piece := source.read(_PIECE):
                    sink.write(piece)
            filesystem.mv(partial, target)
        except OSError as error:
            if filesystem.exists(partial):
                filesystem.rm(partial)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull(
                    f"no space to keep {path.name} ({size} bytes) in {root}; free some and run again"
                ) from error
            raise
        return KeptFile(digest, target, size)

    def note(self, kept: KeptFile, document_ids: Sequence[str]) -> None:
        """Record the documents of a file after all of them are stored."""
        self._notes.mkdir(parents=True, exist_ok=True)
        target = self._notes / f"{kept.content_hash}.json"
        partial = target.with_suffix(".partial")
        partial.write_text(json.dumps({"documents": list(document_ids)}))
        partial.replace(target)

    def noted(self, kept: KeptFile) -> list[str]:
        """The documents of a file; empty if they are not recorded."""
        try:
            return list(json.loads((self._notes / f"{kept.content_hash}.json").read_text())["documents"])
        except (OSError, ValueError, KeyError):
            return []

    def find(self, digest: str) -> str | None:
        """The location of the bytes with this hash, if they are stored."""
        filesystem, root = self._open()
        found = sorted(f for f in filesystem.glob(f"{root}/{digest[:2]}/{digest}*") if not f.endswith(".partial"))
        return str(found[0]) if found else None


def content_hash(path: Path) -> str:
    """The sha256 of a file's bytes, hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
